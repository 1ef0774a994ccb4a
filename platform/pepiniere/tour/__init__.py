"""The whole main job over real HTTP, as the people who do it."""
