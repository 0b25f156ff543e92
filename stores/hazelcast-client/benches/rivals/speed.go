// The measurements of examples/speed.rs, made by the official Go client. Arguments: address, cluster name, seconds a measurement.
package main

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hazelcast/hazelcast-go-client"
	"github.com/hazelcast/hazelcast-go-client/logger"
	"github.com/hazelcast/hazelcast-go-client/types"
)

const (
	keys     = 10_000
	size     = 256
	inFlight = 512
	bulk     = 1_000
	singles  = 20_000
	bulks    = 200
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func median(times []time.Duration) float64 {
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return float64(times[len(times)/2].Nanoseconds()) / 1000
}

// Calls something so often, one call after the other; half of them take no longer.
func latency(count int, call func(i int)) float64 {
	times := make([]time.Duration, count)
	for i := range times {
		started := time.Now()
		call(i)
		times[i] = time.Since(started)
	}
	return median(times)
}

// Calls something for so long, many calls at once; how many a second come to their end.
func throughput(length time.Duration, call func(i int)) float64 {
	var next, done atomic.Int64
	var all sync.WaitGroup
	started := time.Now()
	for range inFlight {
		all.Add(1)
		go func() {
			defer all.Done()
			for time.Since(started) < length {
				call(int(next.Add(1)))
				done.Add(1)
			}
		}()
	}
	all.Wait()
	return float64(done.Load()) / time.Since(started).Seconds()
}

func main() {
	seconds, err := strconv.ParseFloat(os.Args[3], 64)
	must(err)
	length := time.Duration(seconds * float64(time.Second))
	ctx := context.Background()
	config := hazelcast.NewConfig()
	config.Cluster.Name = os.Args[2]
	config.Cluster.Network.SetAddresses(os.Args[1])
	config.Logger.Level = logger.ErrorLevel
	client, err := hazelcast.StartNewClientWithConfig(ctx, config)
	must(err)
	m, err := client.GetMap(ctx, "speed-go")
	must(err)
	value := string(make([]byte, size))
	key := func(i int) string { return "key-" + strconv.Itoa(i%keys) }
	all := make([]types.Entry, keys)
	for i := range all {
		all[i] = types.Entry{Key: key(i), Value: value}
	}
	must(m.PutAll(ctx, all...))
	set := func(i int) { must(m.Set(ctx, key(i*7919), value)) }
	get := func(i int) {
		_, err := m.Get(ctx, key(i*7919))
		must(err)
	}
	latency(singles/4, get)
	fmt.Printf("set_us %.1f\n", latency(singles, set))
	fmt.Printf("get_us %.1f\n", latency(singles, get))
	fmt.Printf("sets_a_second %.0f\n", throughput(length, set))
	fmt.Printf("gets_a_second %.0f\n", throughput(length, get))
	random := rand.New(rand.NewSource(1))
	some := func() []types.Entry {
		entries := make([]types.Entry, bulk)
		for i := range entries {
			entries[i] = types.Entry{Key: key(random.Intn(keys)), Value: value}
		}
		return entries
	}
	fmt.Printf("put_all_us %.1f\n", latency(bulks, func(int) { must(m.PutAll(ctx, some()...)) }))
	fmt.Printf("get_all_us %.1f\n", latency(bulks, func(int) {
		wanted := make([]interface{}, bulk)
		for i := range wanted {
			wanted[i] = key(random.Intn(keys))
		}
		_, err := m.GetAll(ctx, wanted...)
		must(err)
	}))
	must(client.Shutdown(ctx))
}
