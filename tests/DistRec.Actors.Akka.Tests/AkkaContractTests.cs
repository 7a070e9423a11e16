using DistRec.Contracts;

// Clusters that share a few cores would miss each other's heartbeats.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace DistRec.Actors.Akka.Tests;

/// <summary>Two nodes, so that what a test sends finds its actor now here and now there.</summary>
public sealed class AkkaActorContractTests : ActorContract
{
    protected override async Task<EngineUnderTest> StartEngineAsync(EngineSettings settings) =>
        new(await AkkaNodes.StartAsync(2, settings));
}
