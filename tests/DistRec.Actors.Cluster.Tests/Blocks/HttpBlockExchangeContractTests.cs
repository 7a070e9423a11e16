using DistRec.Contracts;

namespace DistRec.Actors.Cluster.Tests.Blocks;

/// <summary>Owner and puller on different nodes.</summary>
public sealed class HttpBlockExchangeContractTests : BlockExchangeContract
{
    protected override async Task<ExchangeUnderTest> StartExchangeAsync()
    {
        TestCluster cluster = new();
        TestNode owner = await cluster.StartNodeAsync();
        TestNode puller = await cluster.StartNodeAsync();
        cluster.Place(TestCluster.Owner, owner.Address);
        return new ExchangeUnderTest(owner.Exchange, puller.Exchange, TestCluster.Owner, StopAsync, owner.Waiting.WhenAsync);

        async ValueTask StopAsync() => await cluster.DisposeAsync();
    }
}

/// <summary>Owner and puller on the same node of several.</summary>
public sealed class HttpBlockExchangeHereContractTests : BlockExchangeContract
{
    protected override async Task<ExchangeUnderTest> StartExchangeAsync()
    {
        TestCluster cluster = new();
        TestNode node = await cluster.StartNodeAsync();
        cluster.Place(TestCluster.Owner, node.Address);
        return new ExchangeUnderTest(node.Exchange, node.Exchange, TestCluster.Owner, cluster.DisposeAsync);
    }
}
