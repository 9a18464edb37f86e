module micro

go 1.19
