using System.Collections.Concurrent;
using DistRec.Training.Compute;

namespace DistRec.Training.Tests.Compute;

public sealed class ComputePoolTests
{
    /// <summary>Ends a broken test by name instead of hanging it.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 100)]
    [InlineData(3, 2)]
    [InlineData(3, 1000)]
    [InlineData(4, 1_000_000)]
    public async Task Every_chunk_runs_exactly_once(int width, int chunks)
    {
        using ComputePool pool = new(width);
        int[] runs = new int[chunks];

        await pool.ForAsync(chunks, (chunk, _) => Interlocked.Increment(ref runs[chunk])).Soon();

        runs.Count(count => count != 1).ShouldBe(0);
    }

    [Fact]
    public async Task A_thread_that_waits_for_work_holds_nothing_of_what_it_did_before()
    {
        using ComputePool pool = new(1);
        WeakReference table = await UseAsync();

        // The thread may still be leaving the call.
        SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                return !table.IsAlive;
            },
            Bound).ShouldBeTrue();

        async Task<WeakReference> UseAsync()
        {
            float[] values = new float[1000];
            await pool.ForAsync(1, (_, _) => values[0]++).Soon();
            return new WeakReference(values);
        }
    }

    [Fact]
    public async Task A_call_without_chunks_is_done_and_a_negative_count_is_refused()
    {
        using ComputePool pool = new(1);

        await pool.ForAsync(0, (_, _) => throw new InvalidOperationException()).Soon();

        Should.Throw<ArgumentOutOfRangeException>(() => pool.ForAsync(-1, (_, _) => { }));
        Should.Throw<ArgumentOutOfRangeException>(() => new ComputePool(0));
    }

    [Fact]
    public async Task All_workers_take_part_at_the_same_time_each_under_its_own_number()
    {
        using ComputePool pool = new(3);
        using Barrier all = new(3);
        ConcurrentBag<int> workers = [];

        // Ends only if three threads are inside at once.
        await pool.ForAsync(3, (_, worker) =>
        {
            workers.Add(worker);
            all.SignalAndWait(Bound).ShouldBeTrue();
        }).Soon();

        workers.Order().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task A_worker_number_is_never_used_by_two_chunks_at_once()
    {
        using ComputePool pool = new(4);
        int[] inside = new int[pool.Width];
        int collisions = 0;
        void Body(int chunk, int worker)
        {
            if (Interlocked.Increment(ref inside[worker]) != 1)
            {
                Interlocked.Increment(ref collisions);
            }

            Thread.SpinWait(20);
            Interlocked.Decrement(ref inside[worker]);
        }

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pool.ForAsync(500, Body))).Soon();

        collisions.ShouldBe(0);
    }

    [Fact]
    public async Task Workers_help_the_oldest_call_first_and_then_the_next()
    {
        using ComputePool pool = new(1);
        using ManualResetEventSlim release = new();
        ConcurrentQueue<string> order = new();
        Task blocker = pool.ForAsync(1, (_, _) => release.Wait(Bound));
        Task first = pool.ForAsync(3, (chunk, _) => order.Enqueue($"first {chunk}"));
        Task<int> second = pool.RunAsync(() =>
        {
            order.Enqueue("second");
            return 2;
        });
        Task third = pool.ForAsync(2, (chunk, _) => order.Enqueue($"third {chunk}"));

        release.Set();
        await Task.WhenAll(blocker, first, second, third).Soon();

        order.ShouldBe(["first 0", "first 1", "first 2", "second", "third 0", "third 1"]);
    }

    [Fact]
    public async Task A_worker_without_chunks_left_in_the_oldest_call_helps_the_next_while_the_oldest_still_runs()
    {
        using ComputePool pool = new(2);
        using ManualResetEventSlim release = new();
        Task slow = pool.ForAsync(1, (_, _) => release.Wait(Bound));

        await pool.ForAsync(100, (_, _) => { }).Soon();

        slow.IsCompleted.ShouldBeFalse();
        release.Set();
        await slow.Soon();
    }

    [Fact]
    public async Task The_first_exception_stops_the_remaining_chunks_and_the_pool_goes_on()
    {
        using ComputePool pool = new(1);
        List<int> ran = [];

        InvalidOperationException failure = await pool.ForAsync(100, (chunk, _) =>
        {
            ran.Add(chunk);
            if (chunk == 3)
            {
                throw new InvalidOperationException("chunk 3");
            }
        }).Soon().ShouldThrowAsync<InvalidOperationException>();

        failure.Message.ShouldBe("chunk 3");
        ran.ShouldBe([0, 1, 2, 3]);
        (await pool.RunAsync(() => 5).Soon()).ShouldBe(5);
    }

    [Fact]
    public async Task A_failed_call_ends_only_after_its_running_chunks()
    {
        using ComputePool pool = new(2);
        using ManualResetEventSlim release = new();
        using Barrier both = new(2);
        Task failing = pool.ForAsync(2, (chunk, _) =>
        {
            both.SignalAndWait(Bound).ShouldBeTrue();
            if (chunk == 0)
            {
                throw new InvalidOperationException("early");
            }

            release.Wait(Bound);
        });

        // The failing worker is free again, so this ends, and the failed call waits for the other chunk.
        await pool.RunAsync(() => 0).Soon();
        failing.IsCompleted.ShouldBeFalse();
        release.Set();

        await failing.Soon().ShouldThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task An_exception_in_a_function_reaches_its_caller()
    {
        using ComputePool pool = new(1);

        await pool.RunAsync<int>(() => throw new InvalidOperationException("inside")).Soon()
            .ShouldThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task No_chunk_begins_after_cancellation()
    {
        using ComputePool pool = new(1);
        using CancellationTokenSource cancellation = new();
        List<int> ran = [];

        OperationCanceledException failure = await pool.ForAsync(
            100,
            (chunk, _) =>
            {
                ran.Add(chunk);
                if (chunk == 2)
                {
                    cancellation.Cancel();
                }
            },
            cancellation.Token).Soon().ShouldThrowAsync<OperationCanceledException>();

        failure.CancellationToken.ShouldBe(cancellation.Token);
        ran.ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task A_call_cancelled_before_its_turn_ends_without_waiting_for_it()
    {
        using ComputePool pool = new(1);
        using ManualResetEventSlim release = new();
        using CancellationTokenSource cancellation = new();
        Task blocker = pool.ForAsync(1, (_, _) => release.Wait(Bound));
        bool ran = false;
        Task chunks = pool.ForAsync(10, (_, _) => ran = true, cancellation.Token);
        Task<bool> function = pool.RunAsync(() => ran = true, cancellation.Token);

        await cancellation.CancelAsync();

        await chunks.Soon().ShouldThrowAsync<OperationCanceledException>();
        await function.Soon().ShouldThrowAsync<OperationCanceledException>();
        blocker.IsCompleted.ShouldBeFalse();
        release.Set();
        await blocker.Soon();
        await Should.ThrowAsync<OperationCanceledException>(() => pool.ForAsync(1, (_, _) => ran = true, cancellation.Token));
        ran.ShouldBeFalse();
    }

    [Fact]
    public async Task Chunks_allocate_nothing()
    {
        using ComputePool pool = new(1);
        long[] sums = new long[1];
        void Body(int chunk, int worker) => sums[worker] += chunk;
        await pool.ForAsync(1000, Body).Soon();

        // The least of a few calls: a collection in the middle of one adds what was left of the thread's allocation buffer.
        long allocated = 0, least = long.MaxValue;
        void Measured(int chunk, int worker)
        {
            // The pool's only thread sees what it allocates between its first chunk and its last.
            if (chunk is 0 or 99_999)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            }

            sums[worker] += chunk;
        }

        for (int attempt = 0; attempt < 5; attempt++)
        {
            allocated = 0;
            await pool.ForAsync(100_000, Measured).Soon();
            least = Math.Min(least, allocated);
        }

        least.ShouldBe(0);
    }

    [Fact]
    public async Task Disposing_fails_unfinished_calls_lets_running_chunks_end_and_joins_the_threads()
    {
        ComputePool pool = new(2);
        using ManualResetEventSlim release = new();
        using Barrier inside = new(3);
        ConcurrentBag<Thread> threads = [];
        int ended = 0;
        Task running = pool.ForAsync(100, (_, _) =>
        {
            threads.Add(Thread.CurrentThread);
            inside.SignalAndWait(Bound).ShouldBeTrue();
            release.Wait(Bound);
            Interlocked.Increment(ref ended);
        });
        inside.SignalAndWait(Bound).ShouldBeTrue();
        Task queued = pool.ForAsync(1, (_, _) => { });

        Task disposed = Task.Run(pool.Dispose);
        await queued.Soon().ShouldThrowAsync<ObjectDisposedException>();
        disposed.IsCompleted.ShouldBeFalse();
        release.Set();
        await disposed.Soon();

        await running.Soon().ShouldThrowAsync<ObjectDisposedException>();
        ended.ShouldBe(2);
        threads.Count.ShouldBe(2);
        threads.ShouldAllBe(thread => !thread.IsAlive);
        Should.Throw<ObjectDisposedException>(() => pool.ForAsync(1, (_, _) => { }));
        pool.Dispose();
    }

    [Fact]
    public async Task A_pool_cannot_dispose_of_itself_from_its_own_work()
    {
        using ComputePool pool = new(1);

        await pool.ForAsync(1, (_, _) => pool.Dispose()).Soon().ShouldThrowAsync<InvalidOperationException>();
    }
}
