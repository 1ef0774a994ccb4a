"""Libraries and programs that no wheel brings: found, installed as root, or unpacked for ordinary users."""
