using Akka.Actor;
using Akka.Hosting;
using DistRec.Serving.Protocol;

namespace DistRec.Serving.Actors;

/// <summary>Has experiments counted now, and this node answer by what came of it.</summary>
/// <param name="actors">The node's.</param>
internal sealed class ExperimentDesk(IReadOnlyActorRegistry actors)
{
    // Beyond it figures are those of the last look, a second before.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly IActorRef _experiments = actors.Get<ExperimentsKey>();
    private readonly ModelLoader _loader = new(actors);

    /// <summary>Looks.</summary>
    /// <returns>Whether all events that are in the log by now are counted.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        bool isCounted;
        try
        {
            ExperimentsLooked looked = await _experiments.Ask<ExperimentsLooked>(new LookAtExperiments(), Timeout, cancellationToken).ConfigureAwait(false);
            isCounted = looked.Failure.Length == 0;
        }
        catch (AskTimeoutException)
        {
            isCounted = false;
        }

        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return isCounted;
    }

    /// <summary>Has this node answer by the experiments as they are now.</summary>
    /// <returns>Why an arm's version cannot be loaded; empty where all are.</returns>
    public Task<string> RefreshAsync(CancellationToken cancellationToken) => _loader.RefreshAsync(cancellationToken);
}
