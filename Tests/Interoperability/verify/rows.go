package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// rowProof is what `log prove --job --row` writes: one row, and what leads from it to a signed checkpoint.
type rowProof struct {
	Job          string   `json:"job"`
	Row          int64    `json:"row"`
	Value        string   `json:"value"`
	Erased       bool     `json:"erased"`
	Fields       []string `json:"fields"`
	Nonce        string   `json:"nonce"`
	RowLeafHash  string   `json:"row_leaf_hash"`
	RowsPath     []string `json:"rows_path"`
	Payload      string   `json:"payload"`
	ErasableHash string   `json:"erasable_hash"`
	Entry        string   `json:"entry"`
	Proof        string   `json:"proof"`
}

// checkRow leads from the row to the chunk's root, from there to the entry, and from there to the checkpoint.
func checkRow(path string, verifier note.Verifier, log hashes) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var proof rowProof
	if err := json.Unmarshal(text, &proof); err != nil {
		return err
	}
	var chunk struct {
		FirstRow int64    `json:"first_row"`
		LastRow  int64    `json:"last_row"`
		RowsRoot string   `json:"rows_root"`
		Fields   []string `json:"fields"`
		Of       []int64  `json:"of"`
	}
	if err := json.Unmarshal([]byte(proof.Payload), &chunk); err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	var entry struct {
		Commitment string `json:"commitment"`
		Position   int64  `json:"position"`
		Stream     string `json:"stream"`
		Type       string `json:"type"`
	}
	if err := json.Unmarshal([]byte(proof.Entry), &entry); err != nil {
		return fmt.Errorf("entry: %w", err)
	}

	leaf, err := rowLeaf(proof)
	if err != nil {
		return err
	}
	hashed := make([]tlog.Hash, len(proof.RowsPath))
	for i, text := range proof.RowsPath {
		if hashed[i], err = parseHex(text); err != nil {
			return fmt.Errorf("rows_path: %w", err)
		}
	}
	root, err := parseHex(chunk.RowsRoot)
	if err != nil {
		return fmt.Errorf("rows_root: %w", err)
	}
	rows := chunk.LastRow - chunk.FirstRow + 1
	index := proof.Row - chunk.FirstRow
	if chunk.Of != nil {
		// The rows of a fix have numbers of their own.
		index = -1
		for i, row := range chunk.Of {
			if row == proof.Row {
				index = int64(i)
				break
			}
		}
	}
	if err := tlog.CheckRecord(hashed, rows, root, index, leaf); err != nil {
		return fmt.Errorf("row: %w", err)
	}
	if !proof.Erased && strings.Join(proof.Fields, "\n") != strings.Join(chunk.Fields, "\n") {
		return fmt.Errorf("the payload names other fields")
	}

	erasable, err := hex.DecodeString(proof.ErasableHash)
	if err != nil {
		return fmt.Errorf("erasable_hash: %w", err)
	}
	payload := sha256.Sum256([]byte(proof.Payload))
	commitment := sha256.Sum256(append(append([]byte("atlas2/payload/v1\n"), payload[:]...), erasable...))
	if hex.EncodeToString(commitment[:]) != entry.Commitment {
		return fmt.Errorf("the entry commits to another payload")
	}
	if entry.Type != map[bool]string{false: "job.rows_processed", true: "job.rows_fixed"}[chunk.Of != nil] || entry.Stream != "job/"+proof.Job {
		return fmt.Errorf("the entry is a %s of %s", entry.Type, entry.Stream)
	}
	return checkPath([]byte(proof.Proof), verifier, func(index int64) (tlog.Hash, error) {
		if index != entry.Position {
			return tlog.Hash{}, fmt.Errorf("the proof is of position %d, the entry of %d", index, entry.Position)
		}
		return tlog.RecordHash([]byte(proof.Entry)), nil
	}, log)
}

// rowLeaf is the row's leaf hash, computed where the row is shown.
func rowLeaf(proof rowProof) (tlog.Hash, error) {
	if proof.Erased {
		return parseHex(proof.RowLeafHash)
	}
	nonce, err := hex.DecodeString(proof.Nonce)
	if err != nil || len(nonce) != 16 {
		return tlog.Hash{}, fmt.Errorf("%q is no nonce", proof.Nonce)
	}
	return tlog.RecordHash(append(nonce, proof.Value...)), nil
}

func parseHex(text string) (tlog.Hash, error) {
	data, err := hex.DecodeString(text)
	if err != nil || len(data) != tlog.HashSize {
		return tlog.Hash{}, fmt.Errorf("%q is no hash", text)
	}
	return tlog.Hash(*(*[tlog.HashSize]byte)(data)), nil
}
