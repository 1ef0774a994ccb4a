"""Operations changed for the worse, to be noticed."""
