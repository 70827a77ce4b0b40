"""What every command shares: checked arguments, the screen, signals."""
