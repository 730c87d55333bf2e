package index

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2/util"
	zap "github.com/blevesearch/zapx/v17"
)

// writeRoot writes root.bolt, by which bleve reads a store: the format of the
// segments, the state, and for each segment its file and the documents
// dropped.
func (st *store) writeRoot(s state) error {
	path := filepath.Join(st.dir, boltName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	db, err := util.OpenBolt(path, 0o600, nil)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *util.BoltTxImpl) error {
		all, err := tx.CreateBucketIfNotExists(util.BoltSnapshotsBucket)
		if err != nil {
			return err
		}
		root, err := all.CreateBucketIfNotExists(boltNumber(1))
		if err != nil {
			return err
		}
		return st.putRoot(root, s)
	})
	return errors.Join(err, db.Close())
}

func (st *store) putRoot(root *util.BoltBucketImpl, s state) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	err = putAll(root, util.BoltMetaDataKey, map[string][]byte{
		string(util.BoltMetaDataSegmentTypeKey):    []byte(zap.Type),
		string(util.BoltMetaDataSegmentVersionKey): binary.BigEndian.AppendUint32(nil, zap.Version),
	})
	if err != nil {
		return err
	}
	if err := putAll(root, util.BoltInternalKey, map[string][]byte{stateKey: raw}); err != nil {
		return err
	}
	for _, seg := range st.segments {
		values := map[string][]byte{string(util.BoltPathKey): []byte(seg.name)}
		if !seg.dropped.IsEmpty() {
			if values[string(util.BoltDeletedKey)], err = seg.dropped.ToBytes(); err != nil {
				return err
			}
		}
		if err := putAll(root, boltNumber(seg.number), values); err != nil {
			return err
		}
	}
	return nil
}

// putAll writes a bucket of values as they stand.
func putAll(in *util.BoltBucketImpl, name []byte, values map[string][]byte) error {
	b, err := in.CreateBucketIfNotExists(name)
	if err != nil {
		return err
	}
	for k, v := range values {
		if err := b.Bucket.Put([]byte(k), v); err != nil {
			return err
		}
	}
	return nil
}

// boltNumber writes a number as bleve does, so that the order of the bytes is
// that of the numbers: below 110 in one byte, else the number of bytes first.
func boltNumber(n uint64) []byte {
	const zero, small = 0x88, 109
	if n <= small {
		return []byte{zero + byte(n)}
	}
	raw := binary.BigEndian.AppendUint64(nil, n)
	for raw[0] == 0 {
		raw = raw[1:]
	}
	return append([]byte{zero + small + byte(len(raw))}, raw...)
}
