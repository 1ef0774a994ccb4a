"""The sandbox gateway: a stand-alone payment provider that moves no real money, run as its own process."""
