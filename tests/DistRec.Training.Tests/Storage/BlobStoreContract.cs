namespace DistRec.Training.Tests.Storage;

/// <summary>What every blob store promises.</summary>
public abstract class BlobStoreContract : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    protected IBlobStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await StartAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Opens an empty store.</summary>
    protected abstract Task<IBlobStore> StartAsync();

    /// <summary>Changes what is stored under a name, behind the store's back.</summary>
    protected abstract Task DamageAsync(string name, Func<byte[], byte[]> change);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(3_000_001)]
    public async Task A_blob_is_read_as_it_was_written_and_knows_its_length(int length)
    {
        byte[] bytes = Bytes(length);

        await PutAsync("jobs/a/ratings", bytes);

        await using Stream stream = await Store.OpenAsync("jobs/a/ratings").WaitAsync(Bound);
        stream.Length.ShouldBe(length);
        (await ReadAsync(stream)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_blob_can_be_read_in_odd_steps()
    {
        byte[] bytes = Bytes(10_000);
        await PutAsync("a", bytes);

        await using Stream stream = await Store.OpenAsync("a").WaitAsync(Bound);
        byte[] read = new byte[bytes.Length];
        for (int position = 0, step = 1; position < read.Length; step = (step * 3) % 1013)
        {
            position += await stream.ReadAsync(read.AsMemory(position, Math.Min(step, read.Length - position)));
        }

        read.ShouldBe(bytes);
        (await stream.ReadAsync(read)).ShouldBe(0);
    }

    [Fact]
    public async Task A_blob_stored_again_is_replaced_and_the_one_being_read_is_not()
    {
        await PutAsync("a", Bytes(100_000));
        await using Stream before = await Store.OpenAsync("a").WaitAsync(Bound);

        await PutAsync("a", [1, 2, 3]);

        (await ReadAsync(before)).ShouldBe(Bytes(100_000));
        (await ReadAsync("a")).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task The_size_of_what_is_beneath_a_prefix_is_that_of_its_blobs_with_their_checksums()
    {
        (await Store.SizeAsync("jobs").WaitAsync(Bound)).ShouldBe(0);
        await PutAsync("jobs/a/ratings", Bytes(1000));
        await PutAsync("jobs/b", Bytes(10));
        await PutAsync("jobs-of-others", Bytes(5));

        (await Store.SizeAsync("jobs").WaitAsync(Bound)).ShouldBe(1000 + 8 + 10 + 8);
        (await Store.SizeAsync("jobs/a").WaitAsync(Bound)).ShouldBe(1000 + 8);
        await Store.DeletePrefixAsync("jobs/a").WaitAsync(Bound);
        (await Store.SizeAsync("").WaitAsync(Bound)).ShouldBe(10 + 8 + 5 + 8);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        BlobNotFoundException missing = await Should.ThrowAsync<BlobNotFoundException>(() => Store.OpenAsync("jobs/a/none").WaitAsync(Bound));

        missing.Name.ShouldBe("jobs/a/none");
        missing.Message.ShouldStartWith(Store.Place);
        missing.Message.ShouldContain("jobs/a/none");
        (await Store.ExistsAsync("jobs/a/none")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_name_appears_only_when_its_blob_is_whole()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task put = Store.PutAsync("a/b", async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(Bytes(50_000), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            begun.SetResult();
            await goOn.Task;
        });
        await begun.Task.WaitAsync(Bound);

        (await Store.ExistsAsync("a/b")).ShouldBeFalse();
        (await Store.ListAsync("")).ShouldBeEmpty();

        goOn.SetResult();
        await put.WaitAsync(Bound);
        (await Store.ExistsAsync("a/b")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_writer_that_fails_leaves_what_was_there_and_its_own_failure_comes_out()
    {
        await PutAsync("a", [1]);

        (await Should.ThrowAsync<InvalidDataException>(() => Store.PutAsync("a", async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(Bytes(200_000), cancellationToken);
            throw new InvalidDataException("the writer's own");
        }).WaitAsync(Bound))).Message.ShouldBe("the writer's own");
        await Should.ThrowAsync<IOException>(() => Store.PutAsync("b", (_, _) => throw new IOException("the writer's source")).WaitAsync(Bound));

        (await ReadAsync("a")).ShouldBe([1]);
        (await Store.ListAsync("")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_put_that_is_cancelled_leaves_nothing()
    {
        using CancellationTokenSource cancellation = new();

        await Should.ThrowAsync<OperationCanceledException>(() => Store.PutAsync(
            "a",
            async (stream, cancellationToken) =>
            {
                await stream.WriteAsync(Bytes(1000), cancellationToken);
                await cancellation.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            },
            cancellation.Token).WaitAsync(Bound));

        (await Store.ListAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_are_listed_in_order_and_by_whole_parts()
    {
        foreach (string name in new[] { "jobs/b", "jobs/ab/x", "jobs/a/y/z", "jobs/a/x", "jobs/a", "jobs/a-1", "Jobs/a/x", "top" })
        {
            await PutAsync(name, [1]);
        }

        (await Store.ListAsync("jobs/a")).ShouldBe(["jobs/a/x", "jobs/a/y/z"]);
        (await Store.ListAsync("")).ShouldBe(["Jobs/a/x", "jobs/a", "jobs/a-1", "jobs/a/x", "jobs/a/y/z", "jobs/ab/x", "jobs/b", "top"]);
        (await Store.ListAsync("nothing/here")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_prefix_is_deleted_and_its_neighbours_stay()
    {
        foreach (string name in new[] { "jobs/a/x", "jobs/a/y/z", "jobs/a", "jobs/ab", "other" })
        {
            await PutAsync(name, [1]);
        }

        await Store.DeletePrefixAsync("jobs/a").WaitAsync(Bound);
        await Store.DeletePrefixAsync("jobs/none").WaitAsync(Bound);

        (await Store.ListAsync("")).ShouldBe(["jobs/a", "jobs/ab", "other"]);
        await PutAsync("jobs/a/x", [2]);
        (await ReadAsync("jobs/a/x")).ShouldBe([2]);
    }

    [Fact]
    public async Task Deleting_twice_is_no_mistake()
    {
        await PutAsync("jobs/a", [1]);

        await Store.DeleteAsync("jobs/a").WaitAsync(Bound);
        await Store.DeleteAsync("jobs/a").WaitAsync(Bound);

        (await Store.ExistsAsync("jobs/a")).ShouldBeFalse();
        await Should.ThrowAsync<BlobNotFoundException>(() => Store.OpenAsync("jobs/a").WaitAsync(Bound));
    }

    [Fact]
    public async Task Writers_of_many_blobs_do_not_meet()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(async () =>
        {
            for (int round = 0; round < 3; round++)
            {
                await PutAsync($"shared/{number % 4}/x", Bytes(10_000 + (number % 4)));
                if (number >= 8)
                {
                    await Store.DeleteAsync($"shared/{number}/gone");
                }
            }
        }))).WaitAsync(Bound);

        (await Store.ListAsync("shared")).ShouldBe(["shared/0/x", "shared/1/x", "shared/2/x", "shared/3/x"]);
        (await ReadAsync("shared/3/x")).ShouldBe(Bytes(10_003));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4_321)]
    [InlineData(9_999)]
    [InlineData(10_000)]
    [InlineData(10_007)]
    public async Task A_changed_bit_is_refused_by_name_before_the_end_is_handed_out(int position)
    {
        await PutAsync("jobs/a/x", Bytes(10_000));
        await DamageAsync("jobs/a/x", bytes =>
        {
            bytes[position] ^= 16;
            return bytes;
        });

        BlobDamagedException damaged = await Should.ThrowAsync<BlobDamagedException>(() => ReadAsync("jobs/a/x"));

        damaged.Name.ShouldBe("jobs/a/x");
        damaged.Message.ShouldContain(Store.Place);
        damaged.Message.ShouldContain("store it again");
    }

    [Fact]
    public async Task Exactly_the_length_is_enough_to_notice_damage()
    {
        await PutAsync("a", Bytes(1000));
        await DamageAsync("a", bytes =>
        {
            bytes[0] ^= 1;
            return bytes;
        });
        await using Stream stream = await Store.OpenAsync("a").WaitAsync(Bound);
        byte[] read = new byte[stream.Length];

        await Should.ThrowAsync<BlobDamagedException>(async () => await stream.ReadExactlyAsync(read));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(600)]
    [InlineData(1007)]
    public async Task A_blob_cut_short_is_refused_by_name(int length)
    {
        await PutAsync("a", Bytes(1000));
        await DamageAsync("a", bytes => bytes[..length]);

        (await Should.ThrowAsync<BlobDamagedException>(() => ReadAsync("a"))).Name.ShouldBe("a");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData(".pending/x")]
    [InlineData("a.blob/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\\b")]
    public async Task What_is_no_name_is_refused_everywhere(string name)
    {
        (await Should.ThrowAsync<ArgumentException>(() => PutAsync(name, [1]))).Message.ShouldContain($"\"{name}\"");
        await Should.ThrowAsync<ArgumentException>(() => Store.OpenAsync(name));
        await Should.ThrowAsync<ArgumentException>(() => Store.ExistsAsync(name));
        await Should.ThrowAsync<ArgumentException>(() => Store.DeleteAsync(name));
        await Should.ThrowAsync<ArgumentException>(() => Store.DeletePrefixAsync(name));
        if (name.Length > 0)
        {
            await Should.ThrowAsync<ArgumentException>(() => Store.ListAsync(name));
        }
    }

    [Fact]
    public async Task The_longest_names_can_be_stored()
    {
        string part = new('p', BlobName.MaxPartLength);
        string name = $"{part}/{part}/{new string('n', BlobName.MaxNameLength - (2 * BlobName.MaxPartLength) - 2)}";

        await PutAsync(name, [1]);

        (await Store.ListAsync(part)).ShouldBe([name]);
        await Should.ThrowAsync<ArgumentException>(() => Store.ExistsAsync(name + "n"));
        await Should.ThrowAsync<ArgumentException>(() => Store.ExistsAsync(part + "p"));
    }

    protected static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(position => (byte)((position * 31) ^ (position >> 8)))];

    protected Task PutAsync(string name, byte[] bytes) =>
        Store.PutAsync(name, async (stream, cancellationToken) => await stream.WriteAsync(bytes, cancellationToken)).WaitAsync(Bound);

    protected async Task<byte[]> ReadAsync(string name)
    {
        await using Stream stream = await Store.OpenAsync(name).WaitAsync(Bound);
        return await ReadAsync(stream);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using MemoryStream read = new();
        await stream.CopyToAsync(read).WaitAsync(Bound);
        return read.ToArray();
    }
}
