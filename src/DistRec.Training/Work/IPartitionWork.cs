using DistRec.Training.Coordination;

namespace DistRec.Training.Work;

/// <summary>
/// What a partition does in a round: it has the partition's tables and ratings, and knows the model. Called on no particular thread, one
/// call at a time.
/// </summary>
internal interface IPartitionWork
{
    /// <summary>Share of the running round that is done; may be read at any time.</summary>
    double Fraction { get; }

    /// <summary>Does the partition's part of a round.</summary>
    /// <exception cref="OperationCanceledException">A newer command came.</exception>
    /// <exception cref="Blocks.BlockDroppedException">The blocks that it needs were dropped: a newer command is on its way.</exception>
    Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken);

    /// <summary>Visits an item block that is lent to the partition.</summary>
    Task<RoundSums> VisitAsync(RoundInput round, VisitBlock visit, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{GetType().Name} visits no blocks");
}

/// <summary>A round as a partition is told of it.</summary>
/// <param name="command">What to do.</param>
internal sealed class RoundInput(RunRound command)
{
    private readonly Lazy<EndpointTable> _endpoints = new(() => new EndpointTable(command.Endpoints));

    public RunRound Command => command;

    /// <summary>Where the blocks of the job are.</summary>
    public EndpointTable Endpoints => _endpoints.Value;
}
