"""What people see and do in a real browser on the running product."""
