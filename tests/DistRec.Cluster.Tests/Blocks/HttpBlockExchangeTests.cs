using System.Diagnostics.Metrics;
using System.Net;

namespace DistRec.Cluster.Tests.Blocks;

public sealed class HttpBlockExchangeTests : TwoNodes
{
    private static readonly BlockKey Key = new("job with / and ?&=é", 1, "user factors", 0, 1);

    [Fact]
    public async Task A_selection_brings_its_part_alone()
    {
        Owner.Exchange.Publish(Key, new BytesBlock(10, 11, 12, 13, 14));

        (await PullAsync(new BytesBlockReader(4, 0, 4))).Bytes.ToArray().ShouldBe([14, 10, 14]);
        (await PullAsync(new BytesBlockReader())).Bytes.ToArray().ShouldBe([10, 11, 12, 13, 14]);
    }

    [Fact]
    public async Task On_one_node_a_pull_returns_the_very_reference_and_no_traffic()
    {
        BytesBlock block = new(1, 2, 3);
        Owner.Exchange.Publish(Key, block);

        (await Owner.PullAsync(Owner.Endpoint, Key, new BytesBlockReader(0)).Soon()).ShouldBeSameAs(block);
        (await Owner.PullAsync(Owner.Endpoint.TrimEnd('/'), Key, new BytesBlockReader(0)).Soon()).ShouldBeSameAs(block);
        Owner.Exchange.TotalTraffic.ShouldBe(default);
    }

    [Fact]
    public async Task Pulls_at_the_same_time_each_get_their_own()
    {
        byte[] bytes = Bytes(300_000);
        Owner.Exchange.Publish(Key, new BytesBlock(bytes));

        Task<BytesBlock>[] pulls =
            [.. Enumerable.Range(0, 16).Select(n => PullAsync(n % 2 == 0 ? new BytesBlockReader() : new BytesBlockReader((byte)n)))];

        BytesBlock[] blocks = await Task.WhenAll(pulls).Soon();
        for (int n = 0; n < blocks.Length; n++)
        {
            blocks[n].Bytes.Span.SequenceEqual(n % 2 == 0 ? bytes : [bytes[n]]).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Traffic_counts_every_byte_of_blocks_checksums_and_selections()
    {
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes(1000)));
        await PullAsync(new BytesBlockReader());
        await PullAsync(new BytesBlockReader(1, 2, 3));

        const long Down = 1000 + 4 + 3 + 4;
        Puller.Exchange.TotalTraffic.ShouldBe(new NodeTraffic(Down, 3, Retries: 0));
        Owner.Exchange.TotalTraffic.ShouldBe(new NodeTraffic(3, Down, Retries: 0));
    }

    [Fact]
    public async Task Metrics_count_what_the_snapshot_counts()
    {
        BlockKey key = Key with { Name = "metered factors" };
        Dictionary<string, long> counts = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "DistRec.Blocks")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // Other tests run at the same time.
            if (tags.ToArray().Contains(new KeyValuePair<string, object?>("name", key.Name)))
            {
                lock (counts)
                {
                    counts[instrument.Name] = counts.GetValueOrDefault(instrument.Name) + value;
                }
            }
        });
        listener.Start();
        Owner.Exchange.Publish(key, new BytesBlock(Bytes(1000)));

        await Puller.PullAsync(Owner.Endpoint, key, new BytesBlockReader(1, 2, 3)).Soon();

        // Both nodes are in this process: 3 + 4 bytes of the part and 3 of the selection, sent and received.
        lock (counts)
        {
            counts.ShouldBe(
                new Dictionary<string, long>
                {
                    ["distrec.blocks.received"] = 10,
                    ["distrec.blocks.sent"] = 10,
                    ["distrec.blocks.pulls"] = 1,
                },
                ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_pull_that_waits_longer_than_a_poll_asks_again_and_gets_its_block()
    {
        HttpBlockExchangeOptions impatient = TestCluster.Quick with { PollTimeout = TimeSpan.FromMilliseconds(30) };
        TestNode owner = await Cluster.StartNodeAsync(impatient);
        TestNode puller = await Cluster.StartNodeAsync(impatient);
        int polls = 0;
        TaskCompletionSource third = new();
        owner.Exchange.Server.Waiting = _ =>
        {
            if (++polls == 3)
            {
                third.SetResult();
            }
        };
        Task<BytesBlock> pull = puller.PullAsync(owner.Endpoint, Key, new BytesBlockReader(0));
        await third.Task.Soon("the third request");

        owner.Exchange.Publish(Key, new BytesBlock(5));

        (await pull.Soon()).Bytes.ToArray().ShouldBe([5]);
        puller.Exchange.TotalTraffic.Retries.ShouldBe(0, "to be told 'not yet' is no failure");
    }

    [Fact]
    public async Task A_drop_of_the_job_between_two_requests_of_a_pull_is_not_missed()
    {
        using HttpClient http = new() { BaseAddress = Owner.Address };
        Owner.Exchange.DropJob("other");
        Owner.Exchange.Publish(Key, new BytesBlock(1));
        BlockRequest before = new(Key, typeof(BytesBlock).FullName!, Drops: 1);

        (await AskAsync(before)).ShouldBe(HttpStatusCode.OK);
        Owner.Exchange.DropJob(Key.Job);
        Owner.Exchange.Publish(Key, new BytesBlock(2));

        (await AskAsync(before)).ShouldBe(HttpStatusCode.Gone);
        (await AskAsync(before with { Drops = 2 })).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(before with { Drops = null })).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> AskAsync(BlockRequest request)
        {
            using HttpResponseMessage answer = await http.PostAsync(request.PathAndQuery, new ByteArrayContent([])).Soon();
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task What_is_dropped_on_the_pullers_node_ends_its_pulls_too()
    {
        Task<BytesBlock> ofRound = PullAsync(new BytesBlockReader());
        Task<BytesBlock> ofJob = Puller.PullAsync(Owner.Endpoint, Key with { Round = 2 }, new BytesBlockReader());
        await Owner.Waiting.WhenAsync(Key);

        Puller.Exchange.DropThrough(Key.Job, 1);

        await ofRound.ShouldThrowAsync<BlockDroppedException>();
        ofJob.IsCompleted.ShouldBeFalse();
        await PullAsync(new BytesBlockReader()).ShouldThrowAsync<BlockDroppedException>();
        Puller.Exchange.DropJob(Key.Job);
        await ofJob.Soon().ShouldThrowAsync<BlockDroppedException>();
    }

    [Fact]
    public async Task A_selection_that_a_block_cannot_give_fails_the_pull_by_name()
    {
        Owner.Exchange.Publish(Key, new BytesBlock(1));
        Owner.Exchange.Publish(Key with { Round = 2 }, new EmptyBlock());

        (await PullAsync(new BytesBlockReader(9)).ShouldThrowAsync<BlockRefusedException>()).Status.ShouldBe(422);
        BlockRefusedException refused = await Puller.PullAsync(Owner.Endpoint, Key with { Round = 2 }, new SelectingReader())
            .Soon().ShouldThrowAsync<BlockRefusedException>();
        refused.Message.ShouldContain("EmptyBlock is only handed out as a whole");
    }

    [Fact]
    public async Task A_reader_that_does_not_like_an_undamaged_block_fails_the_pull_with_its_own_words()
    {
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes(100_000)));

        InvalidDataException failure = await PullAsync<BytesBlock>(new FailingReader(new InvalidDataException("not mine")))
            .ShouldThrowAsync<InvalidDataException>();
        failure.Message.ShouldBe("not mine");
        await PullAsync<BytesBlock>(new FailingReader(new EndOfStreamException("too short"))).ShouldThrowAsync<EndOfStreamException>();
        (await PullAsync<BytesBlock>(new FailingReader(null)).ShouldThrowAsync<InvalidDataException>())
            .Message.ShouldContain("99999 left unread");
        Puller.Exchange.TotalTraffic.Retries.ShouldBe(0);
    }

    [Fact]
    public async Task A_block_that_could_not_be_written_is_asked_for_again()
    {
        Owner.Exchange.Publish(Key, new StubbornBlock(Bytes(200_000), failures: 2));

        (await PullAsync(new StubbornReader())).Bytes.ShouldBe(Bytes(200_000));

        Puller.Exchange.TotalTraffic.Retries.ShouldBe(2);
    }

    [Fact]
    public async Task Writing_ends_when_nobody_reads_any_more()
    {
        using CancellationTokenSource leave = new();
        EndlessBlock block = new();
        Owner.Exchange.Publish(Key, block);
        Task<EndlessBlock> pull = Puller.PullAsync(Owner.Endpoint, Key, new EndlessReader(), leave.Token);
        await block.Begun.Task.Soon("the block's first byte");

        await leave.CancelAsync();

        await pull.Soon().ShouldThrowAsync<OperationCanceledException>();
        await block.Ended.Task.Soon("the end of its writing");
    }

    /// <summary>A pull from a node that nobody has named yet would wait for good.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.7:7400")]
    [InlineData("ftp://10.0.0.7/")]
    public async Task A_pull_from_what_is_no_endpoint_is_refused_by_name(string endpoint)
    {
        Puller.Exchange.Publish(Key, new BytesBlock(1));
        using HttpBlockExchange unnamed = new();
        unnamed.Publish(Key, new BytesBlock(1));

        foreach (HttpBlockExchange exchange in new[] { Puller.Exchange, unnamed })
        {
            ArgumentException refused = await Should.ThrowAsync<ArgumentException>(
                async () => await exchange.PullAsync(endpoint, Key, new BytesBlockReader()).Soon());

            refused.Message.ShouldStartWith(
                $"the endpoint to pull {Key} from: expected the address of a node such as http://10.0.0.7:7400/, found \"{endpoint}\"");
        }
    }

    [Fact]
    public void An_endpoint_is_set_once_and_is_the_address_of_a_node()
    {
        using HttpBlockExchange exchange = new();
        exchange.Endpoint.ShouldBe("");
        Should.Throw<ArgumentException>(() => exchange.Endpoint = "here").Message.ShouldContain("found \"here\"");

        exchange.Endpoint = "http://10.0.0.7:7400";

        exchange.Endpoint.ShouldBe("http://10.0.0.7:7400/");
        Should.Throw<InvalidOperationException>(() => exchange.Endpoint = "http://10.0.0.8:7400/")
            .Message.ShouldContain("http://10.0.0.7:7400/");
        using HttpBlockExchange named = new("http://10.0.0.7:7400/");
        named.Endpoint.ShouldBe(exchange.Endpoint);
    }

    [Fact]
    public void Options_out_of_range_are_all_named_at_once()
    {
        HttpBlockExchangeOptions options = new()
        {
            IdleTimeout = TimeSpan.Zero,
            MaxBackoff = TimeSpan.FromMilliseconds(1),
            MaxSelection = 0,
        };

        string message = Should.Throw<ArgumentException>(() => new HttpBlockExchange(options: options)).Message;

        message.ShouldBe(
            "block exchange: IdleTimeout: expected more than 0, found 00:00:00; "
            + "MaxBackoff: expected at least FirstBackoff, 00:00:00.0500000, found 00:00:00.0010000; "
            + "MaxSelection: expected at least 1 byte, found 0");
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(position => (byte)(position * 31))];

    private async Task<TBlock> PullAsync<TBlock>(IBlockReader<TBlock> reader)
        where TBlock : IBlock => await Puller.PullAsync(Owner.Endpoint, Key, reader).Soon($"the pull of {Key}");
}
