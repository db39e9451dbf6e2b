// A witness (c2sp.org/tlog-witness) made of Go's own packages for notes and transparency logs.
//
//	witness -listen 127.0.0.1:0 -name witness.example/w1 -log VKEY -state FILE
//
// It prints its URL and its verifier key, each on a line, then serves add-checkpoint. It remembers the last checkpoint it
// cosigned in the state file, and its key beside it. A log whose new checkpoint does not extend that one is refused.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// state is what the witness must not forget.
type state struct {
	Seed []byte
	Size int64
	Root string
}

type witness struct {
	name     string
	key      ed25519.PrivateKey
	verifier note.Verifier
	path     string
	lock     sync.Mutex
	state    state
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	name := flag.String("name", "witness.example/w1", "the witness's name")
	logKey := flag.String("log", "", "verifier key of the log it knows")
	path := flag.String("state", "witness.json", "file that keeps key and last checkpoint")
	flag.Parse()
	verifier, err := note.NewVerifier(*logKey)
	if err != nil {
		log.Fatal("key of the log: ", err)
	}
	server := &witness{name: *name, verifier: verifier, path: *path}
	if err := server.load(); err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n%s\n", listener.Addr(), server.vkey())
	http.HandleFunc("/add-checkpoint", server.addCheckpoint)
	log.Fatal(http.Serve(listener, nil))
}

func (w *witness) load() error {
	data, err := os.ReadFile(w.path)
	if errors.Is(err, os.ErrNotExist) {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			return err
		}
		w.state = state{Seed: key.Seed(), Root: tlog.Hash(sha256.Sum256(nil)).String()}
		w.key = key
		return w.save()
	} else if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &w.state); err != nil {
		return err
	}
	w.key = ed25519.NewKeyFromSeed(w.state.Seed)
	return nil
}

func (w *witness) save() error {
	data, err := json.Marshal(w.state)
	if err != nil {
		return err
	}
	if err := os.WriteFile(w.path+".new", data, 0600); err != nil {
		return err
	}
	return os.Rename(w.path+".new", w.path)
}

// public is the algorithm byte of Ed25519 cosignatures and the public key.
func (w *witness) public() []byte {
	return append([]byte{4}, w.key.Public().(ed25519.PublicKey)...)
}

func (w *witness) keyID() []byte {
	hash := sha256.Sum256(append([]byte(w.name+"\n"), w.public()...))
	return hash[:4]
}

func (w *witness) vkey() string {
	return fmt.Sprintf("%s+%x+%s", w.name, w.keyID(), base64.StdEncoding.EncodeToString(w.public()))
}

func (w *witness) cosign(text string) string {
	now := uint64(time.Now().Unix())
	signature := ed25519.Sign(w.key, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", now, text)))
	bytes := binary.BigEndian.AppendUint64(w.keyID(), now)
	return fmt.Sprintf("— %s %s\n", w.name, base64.StdEncoding.EncodeToString(append(bytes, signature...)))
}

func (w *witness) addCheckpoint(response http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(io.LimitReader(request.Body, 1<<20))
	if err != nil || request.Method != http.MethodPost {
		http.Error(response, "POST a checkpoint", http.StatusBadRequest)
		return
	}
	head, signed, found := strings.Cut(string(body), "\n\n")
	lines := strings.Split(head, "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if !found || err != nil || len(lines) > 64 {
		http.Error(response, "the request cannot be read", http.StatusBadRequest)
		return
	}
	var proof tlog.TreeProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			http.Error(response, "a line of the proof is no hash", http.StatusBadRequest)
			return
		}
		proof = append(proof, hash)
	}
	if origin, _, _ := strings.Cut(signed, "\n"); origin != w.verifier.Name() {
		http.Error(response, "this log is not known here", http.StatusNotFound)
		return
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(w.verifier))
	if err != nil {
		http.Error(response, err.Error(), http.StatusForbidden)
		return
	}
	fields := strings.Split(opened.Text, "\n")
	if len(fields) < 4 {
		http.Error(response, "this is no checkpoint", http.StatusBadRequest)
		return
	}
	size, err := strconv.ParseInt(fields[1], 10, 64)
	root, err2 := tlog.ParseHash(fields[2])
	if err != nil || err2 != nil || old > size {
		http.Error(response, "this is no checkpoint behind the old size", http.StatusBadRequest)
		return
	}

	w.lock.Lock()
	defer w.lock.Unlock()
	if old != w.state.Size {
		response.Header().Set("Content-Type", "text/x.tlog.size")
		response.WriteHeader(http.StatusConflict)
		fmt.Fprintf(response, "%d\n", w.state.Size)
		return
	}
	if old == size && fields[2] != w.state.Root {
		http.Error(response, "another root of the same size was cosigned here", http.StatusConflict)
		return
	}
	if old == 0 && len(proof) > 0 || old == size && len(proof) > 0 {
		http.Error(response, "there is nothing to prove", http.StatusUnprocessableEntity)
		return
	}
	if old > 0 && old < size {
		oldRoot, err := tlog.ParseHash(w.state.Root)
		if err == nil {
			err = tlog.CheckTree(proof, size, root, old, oldRoot)
		}
		if err != nil {
			http.Error(response, err.Error(), http.StatusUnprocessableEntity)
			return
		}
	}
	w.state.Size, w.state.Root = size, fields[2]
	if err := w.save(); err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	io.WriteString(response, w.cosign(opened.Text))
}
