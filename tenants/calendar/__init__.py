"""The working days and the deadlines of a tenant."""
