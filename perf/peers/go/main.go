// Servers with a goroutine for each connection: go echo|lines|chat|http
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func echo(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 65536)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if _, err := conn.Write(buf[:n]); err != nil {
			return
		}
	}
}

func lines(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	out := bufio.NewWriter(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if _, err := out.WriteString(line); err != nil {
			return
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return
			}
		}
	}
}

// What is said to the room, who enters it and who leaves it.
var (
	said     = make(chan []byte)
	entering = make(chan chan<- []byte)
	leaving  = make(chan chan<- []byte)
)

func tellAll() {
	room := make(map[chan<- []byte]bool)
	for {
		select {
		case line := <-said:
			for member := range room {
				member <- line
			}
		case member := <-entering:
			room[member] = true
		case member := <-leaving:
			delete(room, member)
			close(member)
		}
	}
}

func chat(conn net.Conn) {
	defer conn.Close()
	outbox := make(chan []byte, 64)
	go func() {
		for line := range outbox {
			conn.Write(line)
		}
	}()
	entering <- outbox
	outbox <- []byte("welcome\n")
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			leaving <- outbox
			return
		}
		said <- line
	}
}

func greet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	io.WriteString(w, "hello, world\n")
}

func main() {
	handlers := map[string]func(net.Conn){"echo": echo, "lines": lines, "chat": chat}
	handler := handlers[os.Args[1]]
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if os.Args[1] == "http" {
		log.Fatal(http.Serve(listener, http.HandlerFunc(greet)))
	}
	go tellAll()
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go handler(conn)
	}
}
