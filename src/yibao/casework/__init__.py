"""Casework for every service: states, levels and signatures, clocks, a chain of actions; pure."""
