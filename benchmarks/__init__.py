"""Measurements that anybody can repeat: `make bench` prints one table."""
