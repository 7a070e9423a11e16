namespace DistRec.Cluster.Tests.Blocks;

/// <summary>Owner and puller on different nodes.</summary>
public sealed class HttpBlockExchangeContractTests : BlockExchangeContract
{
    protected override async Task<ExchangeUnderTest> StartExchangeAsync()
    {
        TestCluster cluster = new();
        TestNode owner = await cluster.StartNodeAsync();
        TestNode puller = await cluster.StartNodeAsync();
        return new ExchangeUnderTest(owner.Exchange, puller.Exchange, owner.Endpoint, cluster.DisposeAsync, owner.Waiting.WhenAsync);
    }
}

/// <summary>Owner and puller on the same node of several.</summary>
public sealed class HttpBlockExchangeHereContractTests : BlockExchangeContract
{
    protected override async Task<ExchangeUnderTest> StartExchangeAsync()
    {
        TestCluster cluster = new();
        TestNode node = await cluster.StartNodeAsync();
        return new ExchangeUnderTest(node.Exchange, node.Exchange, node.Endpoint, cluster.DisposeAsync);
    }
}
