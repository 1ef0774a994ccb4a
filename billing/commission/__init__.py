"""What the operator keeps on a sale: dated rules and the terms frozen with each charge."""
