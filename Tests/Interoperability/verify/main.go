// Checks an exported log with Go's own packages for notes and transparency logs, and nothing of Atlas2's.
//
//	verify -key VKEY [-proofs DIR] EXPORT
//
// It opens the checkpoint, recomputes the root from the entries, reads every hash through the tiles, proves and checks
// records and earlier sizes. With -proofs it also checks the proofs that Atlas2 made: every *.tlog-proof (inclusion of an
// entry), *.consistency (an earlier size) and *-row-*.json (one row of a job) in that folder.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	key := flag.String("key", "", "the log's verifier key")
	proofs := flag.String("proofs", "", "a folder with proofs")
	flag.Parse()
	if err := run(flag.Arg(0), *key, *proofs); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}

func run(export, key, proofs string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	signed, err := os.ReadFile(filepath.Join(export, "checkpoint"))
	if err != nil {
		return err
	}
	head, err := openCheckpoint(signed, verifier)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	log, err := readEntries(export, head.N)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(head.N, log)
	if err != nil {
		return err
	}
	if root != head.Hash {
		return fmt.Errorf("the root of %d entries is %v, the checkpoint says %v", head.N, root, head.Hash)
	}
	if err := checkTiles(export, head, log); err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	count, err := checkProofs(proofs, verifier, log)
	if err != nil {
		return err
	}
	fmt.Printf("%d entries, root %v, %d proofs\n", head.N, root, count)
	return nil
}

// openCheckpoint verifies the signature and reads origin, size and root.
func openCheckpoint(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("this is no checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// hashes holds every hash of the tree, at the index that tlog gives it.
type hashes []tlog.Hash

func (stored hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, 0, len(indexes))
	for _, index := range indexes {
		if index >= int64(len(stored)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		found = append(found, stored[index])
	}
	return found, nil
}

// readEntries hashes the entries of every bundle.
func readEntries(export string, size int64) (hashes, error) {
	var stored hashes
	for start := int64(0); start < size; start += 256 {
		width := size - start
		if width > 256 {
			width = 256
		}
		name := strings.Replace(tilePath(tlog.Tile{H: 8, L: 0, N: start / 256, W: int(width)}), "tile/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(export, name))
		if err != nil {
			return nil, err
		}
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("%s ends within entry %d", name, start+i)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			added, err := tlog.StoredHashes(start+i, bundle[2:end], stored)
			if err != nil {
				return nil, err
			}
			stored = append(stored, added...)
			bundle = bundle[end:]
		}
		if len(bundle) > 0 {
			return nil, fmt.Errorf("%s holds more than %d entries", name, width)
		}
	}
	return stored, nil
}

// tilePath is tlog's own path without the height, as tiles are served.
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

// tiles reads exported tiles; tlog checks them against the checkpoint before it believes one.
type tiles struct{ export string }

func (tiles) Height() int { return 8 }

func (reader tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, tile := range wanted {
		bytes, err := os.ReadFile(filepath.Join(reader.export, tilePath(tile)))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// checkTiles proves records and earlier sizes from the tiles alone, and checks the proofs.
func checkTiles(export string, head tlog.Tree, log hashes) error {
	reader := tlog.TileHashReader(head, tiles{export})
	step := head.N/97 + 1
	for index := int64(0); index < head.N; index += step {
		leaf, err := log.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		record, err := tlog.ProveRecord(head.N, index, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(record, head.N, head.Hash, index, leaf[0]); err != nil {
			return fmt.Errorf("record %d: %w", index, err)
		}
		old, err := tlog.TreeHash(index+1, log)
		if err != nil {
			return err
		}
		tree, err := tlog.ProveTree(head.N, index+1, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(tree, head.N, head.Hash, index+1, old); err != nil {
			return fmt.Errorf("size %d: %w", index+1, err)
		}
	}
	return nil
}

// checkProofs checks the proofs that Atlas2 made, against entries that were hashed here.
func checkProofs(folder string, verifier note.Verifier, log hashes) (int, error) {
	if folder == "" {
		return 0, nil
	}
	inclusion, _ := filepath.Glob(filepath.Join(folder, "*.tlog-proof"))
	consistency, _ := filepath.Glob(filepath.Join(folder, "*.consistency"))
	rows, _ := filepath.Glob(filepath.Join(folder, "*-row-*.json"))
	for _, path := range append(inclusion, consistency...) {
		if err := checkProof(path, verifier, log); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	for _, path := range rows {
		if err := checkRow(path, verifier, log); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	count := len(inclusion) + len(consistency) + len(rows)
	if count == 0 {
		return 0, fmt.Errorf("there are no proofs in %s", folder)
	}
	return count, nil
}

func checkProof(path string, verifier note.Verifier, log hashes) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return checkPath(text, verifier, func(index int64) (tlog.Hash, error) {
		leaf, err := log.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return tlog.Hash{}, err
		}
		return leaf[0], nil
	}, log)
}

// checkPath checks that the leaf of an index, or the tree of an earlier size, leads to a checkpoint that was signed.
func checkPath(
	text []byte, verifier note.Verifier, leafOf func(int64) (tlog.Hash, error), log hashes,
) error {
	// The lines of the proof end at the first empty line; the checkpoint follows.
	proof, signed, found := bytes.Cut(text, []byte("\n\n"))
	if !found {
		return fmt.Errorf("no checkpoint")
	}
	head, err := openCheckpoint(signed, verifier)
	if err != nil {
		return err
	}
	lines := strings.Split(string(proof), "\n")
	if lines[0] == "c2sp.org/tlog-proof@v1" {
		lines = lines[1:]
	}
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	kind, number, _ := strings.Cut(lines[0], " ")
	value, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	var hashed []tlog.Hash
	for _, line := range lines[1:] {
		data, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(data) != tlog.HashSize {
			return fmt.Errorf("%q is no hash", line)
		}
		hashed = append(hashed, tlog.Hash(*(*[tlog.HashSize]byte)(data)))
	}
	switch kind {
	case "index":
		leaf, err := leafOf(value)
		if err != nil {
			return err
		}
		return tlog.CheckRecord(hashed, head.N, head.Hash, value, leaf)
	case "old":
		old, err := tlog.TreeHash(value, log)
		if err != nil {
			return err
		}
		return tlog.CheckTree(hashed, head.N, head.Hash, value, old)
	}
	return fmt.Errorf("%q is neither index nor old", kind)
}
