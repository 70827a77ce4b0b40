"""The craft: pure steps, sheets in and sheets out. Machines come as arguments."""
