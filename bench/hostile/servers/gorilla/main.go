// An echo server with gorilla/websocket, its defaults and compression.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{EnableCompression: true}

func echo(writer http.ResponseWriter, request *http.Request) {
	connection, err := upgrader.Upgrade(writer, request, nil)
	if err != nil {
		return
	}
	defer connection.Close()
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			return
		}
		if connection.WriteMessage(kind, message) != nil {
			return
		}
	}
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return listener
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/gorilla/websocket" {
			return module.Version
		}
	}
	return "unknown"
}

func main() {
	plain, secure := listen(), listen()
	announcement, _ := json.Marshal(map[string]any{
		"title":   fmt.Sprintf("gorilla/websocket %s in %s", version(), runtime.Version()),
		"port":    plain.Addr().(*net.TCPAddr).Port,
		"tlsPort": secure.Addr().(*net.TCPAddr).Port,
	})
	fmt.Println(string(announcement))
	// What clients do wrong is no news here.
	server := &http.Server{Handler: http.HandlerFunc(echo), ErrorLog: log.New(io.Discard, "", 0)}
	go func() { panic(server.ServeTLS(secure, os.Args[1], os.Args[2])) }()
	panic(server.Serve(plain))
}
