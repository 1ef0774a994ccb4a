"""The `./pepiniere` command family: demo, tour, test, bench, manage, doctor, servers."""
