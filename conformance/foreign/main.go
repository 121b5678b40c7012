// Command foreign reads a log of the bureau with somebody else's code: the Go team's note and tlog packages
// (golang.org/x/mod/sumdb) and the standard library.  It shares no line with the Python beside it, and was written from
// docs/specs/log.md and the public specifications alone.
//
//	foreign log DIR        every bundle and tile of an export leads to the signed root
//	foreign proof FILE ENTRY VKEY   a .tlog-proof file proves the entry in file ENTRY
//
// The exit status is 0 when everything holds, 1 when something does not, 2 when it was called wrongly.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

func main() {
	var told string
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "log":
		told, err = checkLog(os.Args[2])
	case len(os.Args) == 5 && os.Args[1] == "proof":
		told, err = checkProof(os.Args[2], os.Args[3], os.Args[4])
	default:
		fmt.Fprintln(os.Stderr, "foreign log DIR | foreign proof FILE ENTRY VKEY")
		os.Exit(2)
	}
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
	fmt.Println("HOLDS:", told)
}

// head is what a checkpoint says.
type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

// openHead checks the log's signature and reads the three lines, refusing any other spelling of them.
func openHead(text []byte, vkey string) (head, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return head{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return head{}, errors.New("a checkpoint has three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return head{}, errors.New("the size is not a plain decimal")
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return head{}, err
	}
	if lines[0] != verifier.Name() {
		return head{}, errors.New("the checkpoint is of another log")
	}
	return head{lines[0], size, root}, nil
}

func parseHash(text string) (tlog.Hash, error) {
	var hash tlog.Hash
	content, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(content) != len(hash) || base64.StdEncoding.EncodeToString(content) != text {
		return hash, errors.New("not the base64 of a hash")
	}
	copy(hash[:], content)
	return hash, nil
}

// checkLog rebuilds the tree from the entry bundles, compares every tile with what the tree says, and the root with what
// was signed.
func checkLog(dir string) (string, error) {
	vkey, err := os.ReadFile(filepath.Join(dir, "log.vkey"))
	if err != nil {
		return "", err
	}
	if !strings.HasSuffix(string(vkey), "\n") {
		return "", errors.New("the line of log.vkey does not end")
	}
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return "", err
	}
	signed, err := openHead(text, strings.TrimSuffix(string(vkey), "\n"))
	if err != nil {
		return "", err
	}
	cosigned, err := checkCosignatures(text, dir)
	if err != nil {
		return "", err
	}
	store := &memory{}
	for first := int64(0); first < signed.size; first += width {
		count := least(width, signed.size-first)
		entries, err := readBundle(dir, first/width, count)
		if err != nil {
			return "", err
		}
		for at, entry := range entries {
			hashes, err := tlog.StoredHashes(first+int64(at), entry, store)
			if err != nil {
				return "", err
			}
			store.hashes = append(store.hashes, hashes...)
		}
	}
	root, err := tlog.TreeHash(signed.size, store)
	if err != nil {
		return "", err
	}
	if root != signed.root {
		return "", fmt.Errorf("the entries lead to %s, signed is %s", root, signed.root)
	}
	tiles, err := checkTiles(dir, signed.size, store)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %d entries, %d tiles, %d witnesses", signed.origin, signed.size, tiles, cosigned), nil
}

// memory keeps the hashes in the order in which tlog numbers them.
type memory struct{ hashes []tlog.Hash }

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index < 0 || index >= int64(len(m.hashes)) {
			return nil, errors.New("a hash beyond the log")
		}
		found[at] = m.hashes[index]
	}
	return found, nil
}

// checkTiles compares each hash tile that a log of this size serves, level by level, byte by byte.
func checkTiles(dir string, size int64, store *memory) (int, error) {
	count := 0
	for level, hashes := 0, size; hashes > 0; level, hashes = level+1, hashes/width {
		for number := int64(0); number*width < hashes; number++ {
			wide := least(width, hashes-number*width)
			path := tilePath(strconv.Itoa(level), number, wide)
			content, err := os.ReadFile(filepath.Join(dir, path))
			if err != nil {
				return 0, err
			}
			var expected []byte
			for at := int64(0); at < wide; at++ {
				hash, err := subtree(level*8, number*width+at, store)
				if err != nil {
					return 0, err
				}
				expected = append(expected, hash[:]...)
			}
			if string(content) != string(expected) {
				return 0, fmt.Errorf("%s does not belong to these entries", path)
			}
			count++
		}
	}
	return count, nil
}

// subtree is the hash of the complete subtree of 2^level leaves with this number.
func subtree(level int, number int64, store *memory) (tlog.Hash, error) {
	found, err := store.ReadHashes([]int64{tlog.StoredHashIndex(level, number)})
	if err != nil {
		return tlog.Hash{}, err
	}
	return found[0], nil
}

// tilePath is the address of a tile or bundle (C2SP tlog-tiles).
func tilePath(level string, number, wide int64) string {
	path := fmt.Sprintf("%03d", number%1000)
	for number >= 1000 {
		number /= 1000
		path = fmt.Sprintf("x%03d/%s", number%1000, path)
	}
	if wide < width {
		path = fmt.Sprintf("%s.p/%d", path, wide)
	}
	return filepath.Join("tile", level, path)
}

func readBundle(dir string, number, count int64) ([][]byte, error) {
	path := tilePath("entries", number, count)
	content, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for int64(len(entries)) < count {
		if len(content) < 2 {
			return nil, fmt.Errorf("%s ends early", path)
		}
		length := int(binary.BigEndian.Uint16(content))
		if len(content) < 2+length {
			return nil, fmt.Errorf("%s ends within an entry", path)
		}
		entries = append(entries, content[2:2+length])
		content = content[2+length:]
	}
	if len(content) != 0 {
		return nil, fmt.Errorf("%s has bytes after its last entry", path)
	}
	return entries, nil
}

// checkCosignatures checks the Ed25519 cosignatures (C2SP tlog-cosignature, type 4) of the witnesses that the export's
// policy names; a known witness whose line does not hold refuses the whole.
func checkCosignatures(text []byte, dir string) (int, error) {
	policy, err := os.ReadFile(filepath.Join(dir, "policy"))
	if err != nil {
		return 0, err
	}
	body, tail, found := cutLast(string(text), "\n\n")
	if !found {
		return 0, errors.New("a note has an empty line before its signatures")
	}
	known := map[string]ed25519.PublicKey{}
	for _, line := range strings.Split(string(policy), "\n") {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "witness" {
			continue
		}
		parts := strings.SplitN(words[2], "+", 3)
		if len(parts) != 3 {
			return 0, errors.New("a witness's key is malformed")
		}
		blob, err := base64.StdEncoding.Strict().DecodeString(parts[2])
		if err != nil || len(blob) == 0 {
			return 0, errors.New("a witness's key is not base64")
		}
		if blob[0] == 4 && len(blob) == 33 {
			digest := sha256.Sum256(append([]byte(parts[0]+"\n"), blob...))
			known[parts[0]+" "+string(digest[:4])] = ed25519.PublicKey(blob[1:])
		}
	}
	count := 0
	for _, line := range strings.Split(strings.TrimSuffix(tail, "\n"), "\n") {
		words := strings.Split(line, " ")
		if len(words) != 3 {
			return 0, errors.New("a signature line has three words")
		}
		blob, err := base64.StdEncoding.Strict().DecodeString(words[2])
		if err != nil || len(blob) < 5 {
			return 0, errors.New("a signature is not base64")
		}
		key, is := known[words[1]+" "+string(blob[:4])]
		if !is {
			continue
		}
		if len(blob) != 4+8+ed25519.SignatureSize {
			return 0, errors.New("a cosignature has another length")
		}
		seconds := binary.BigEndian.Uint64(blob[4:12])
		message := fmt.Sprintf("cosignature/v1\ntime %d\n%s\n", seconds, body)
		if !ed25519.Verify(key, []byte(message), blob[12:]) {
			return 0, fmt.Errorf("the cosignature of %s does not hold", words[1])
		}
		count++
	}
	return count, nil
}

// cutLast cuts around the last occurrence of sep.
func cutLast(text, sep string) (string, string, bool) {
	at := strings.LastIndex(text, sep)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(sep):], true
}

// checkProof checks a .tlog-proof file against the bytes of one entry.
func checkProof(file, entryFile, vkey string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return "", err
	}
	top, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(top, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" || len(lines) < 2 {
		return "", errors.New("not a proof")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return "", errors.New("a proof names its index")
	}
	number := strings.TrimPrefix(lines[0], "index ")
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil || strconv.FormatInt(index, 10) != number {
		return "", errors.New("the index is not a plain decimal")
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := parseHash(line)
		if err != nil {
			return "", err
		}
		proof = append(proof, hash)
	}
	signed, err := openHead([]byte(checkpoint), vkey)
	if err != nil {
		return "", err
	}
	if index >= signed.size {
		return "", errors.New("the entry lies beyond the checkpoint")
	}
	if err := tlog.CheckRecord(proof, signed.size, signed.root, index, tlog.RecordHash(entry)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, entry %d of %d", signed.origin, index, signed.size), nil
}

func least(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
