"""Delivery documents: what leaves the house beside the picture. One file each, all pure."""
