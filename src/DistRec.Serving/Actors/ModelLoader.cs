using Akka.Actor;
using Akka.Hosting;

namespace DistRec.Serving.Actors;

/// <summary>Has this node answer by what the registry says now.</summary>
/// <param name="actors">The node's.</param>
internal sealed class ModelLoader(IReadOnlyActorRegistry actors)
{
    // A large model is read and hashed.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Loads what is active; this node answers by it when this returns.</summary>
    /// <returns>Why a version does not answer that should; empty where all do.</returns>
    public async Task<string> RefreshAsync(CancellationToken cancellationToken) =>
        (await actors.Get<ActiveModelsKey>().Ask<ModelsRefreshed>(RefreshModels.Instance, Timeout, cancellationToken).ConfigureAwait(false)).Fault;
}
