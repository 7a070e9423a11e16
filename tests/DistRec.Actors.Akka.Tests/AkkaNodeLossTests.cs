using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests;

public sealed class AkkaNodeLossTests : NodeLossContract
{
    protected override async Task<ClusterUnderTest> StartClusterAsync(int hosts) => await AkkaClusterUnderTest.StartAsync(hosts);
}
