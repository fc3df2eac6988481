"""What two agencies say to one another: messages in order, signed batches, receipts, a line that can be bad. Pure."""
