using DistRec.Contracts;

namespace DistRec.Actors.Cluster.Tests.Standalone;

/// <summary>Tests send from the seed; the actors live on two workers, those of different kinds on different ones.</summary>
public sealed class StandaloneActorContractTests : ActorContract
{
    protected override async Task<EngineUnderTest> StartEngineAsync(EngineSettings settings)
    {
        TestCluster cluster = await TestCluster.StartAsync(workers: 2, options => options with
        {
            Time = settings.Time,
            MessageSizeLimit = settings.MessageSizeLimit,
            SendTimeout = settings.SendTimeout,
        });
        return new EngineUnderTest([.. cluster.Nodes]);
    }
}
