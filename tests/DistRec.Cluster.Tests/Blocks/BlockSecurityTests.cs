using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Tests.Blocks;

public sealed class BlockSecurityTests : IAsyncLifetime
{
    private static readonly BlockKey Key = new("job", 1, "factors", 0, 1);
    private static readonly ClusterSecret Secret = ClusterSecret.FromText("correct horse battery staple");

    private readonly TestCluster _cluster = TestCluster.Create();
    private readonly RecordingLogger _log = new();
    private TestNode _owner = null!;

    private IEnumerable<string> Warnings => _log.Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text);

    public async Task InitializeAsync()
    {
        _owner = await _cluster.StartNodeAsync(TestCluster.Quick with { Secret = Secret, Logger = _log });
        _owner.Exchange.Publish(Key, new BytesBlock(1));
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_node_with_the_secret_may_pull()
    {
        HttpBlockExchangeOptions options = TestCluster.Quick with { Secret = ClusterSecret.FromText(" correct horse battery staple\n") };

        (await PullAsync(options)).Bytes.ToArray().ShouldBe([1]);
        Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_selection_is_proved_with_its_request()
    {
        (await PullAsync(TestCluster.Quick with { Secret = Secret }, 0, 0)).Bytes.ToArray().ShouldBe([1, 1]);
        Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_without_the_secret_is_refused_and_logged()
    {
        BlockRefusedException refused = await PullAsync(TestCluster.Quick).ShouldThrowAsync<BlockRefusedException>();

        refused.Status.ShouldBe(401);
        refused.Message.ShouldContain("no Authorization header");
        Warnings.ShouldHaveSingleItem().ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task A_node_with_another_secret_is_refused_and_logged()
    {
        HttpBlockExchangeOptions options = TestCluster.Quick with { Secret = ClusterSecret.FromText("another secret of some length") };

        BlockRefusedException refused = await PullAsync(options).ShouldThrowAsync<BlockRefusedException>();

        refused.Status.ShouldBe(401);
        refused.Message.ShouldContain("another secret");
        Warnings.ShouldHaveSingleItem().ShouldContain("another secret");
    }

    [Fact]
    public async Task A_node_whose_clock_is_far_off_is_refused_saying_so()
    {
        ManualTime ahead = new();
        ahead.Advance(TimeSpan.FromDays(36500));
        BlockRefusedException refused = await PullAsync(TestCluster.Quick with { Secret = Secret, Time = ahead })
            .ShouldThrowAsync<BlockRefusedException>();

        refused.Message.ShouldContain("set the clocks");
    }

    [Fact]
    public async Task Blocks_travel_over_TLS_with_certificates_on_both_sides()
    {
        await using TestCluster cluster = new();
        HttpBlockExchangeOptions withCertificate = TestCluster.Quick with
        {
            Secret = Secret,
            ConfigureHandler = handler => handler.SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [TestNode.Certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => TestNode.Certificate,
                RemoteCertificateValidationCallback =
                    (_, certificate, _, _) => certificate!.GetCertHashString() == TestNode.Certificate.Thumbprint,
            },
        };
        TestNode owner = await cluster.StartNodeAsync(withCertificate, tls: true);
        TestNode puller = await cluster.StartNodeAsync(withCertificate);
        byte[] bytes = [.. Enumerable.Range(0, 300_000).Select(position => (byte)(position * 7))];
        owner.Exchange.Publish(Key, new BytesBlock(bytes));

        owner.Address.Scheme.ShouldBe("https");
        (await puller.PullAsync(owner.Endpoint, Key, new BytesBlockReader()).Soon()).Bytes.ToArray().ShouldBe(bytes);
    }

    private async Task<BytesBlock> PullAsync(HttpBlockExchangeOptions options, params byte[] selection)
    {
        TestNode puller = await _cluster.StartNodeAsync(options);
        return await puller.PullAsync(_owner.Endpoint, Key, new BytesBlockReader(selection)).Soon();
    }
}
