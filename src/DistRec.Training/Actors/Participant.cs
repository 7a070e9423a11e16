using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>
/// What all shards of a job have in common: a round is commanded, computed outside the mailbox and reported; a repeated
/// command is answered by the finished report, a stale one is dropped.
/// </summary>
/// <remarks>While a round is being computed its state belongs to the computation; the actor touches it again when the report comes
/// back as a message.</remarks>
internal abstract class Participant(string kind, int shard) : Actor
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private string _job = "";
    private ulong _layout;
    private long _round;
    private bool _isRunning;
    private RoundReport? _report;

    protected string Kind { get; } = kind;

    protected int Shard { get; } = shard;

    /// <summary>The job's specification, from the load round on.</summary>
    protected JobSpec Spec { get; private set; } = new();

    public override async ValueTask OnStartedAsync(StartReason reason)
    {
        if (reason != StartReason.First)
        {
            await Context.SendAsync(Addresses.Coordinator, new ParticipantStarted { Kind = Kind, Shard = Shard }).ConfigureAwait(false);
        }
    }

    public override ValueTask OnReceiveAsync(IMessage message) => message switch
    {
        RunRound command => OnRunRound(command),
        RoundReport report => OnReport(report),
        ProgressTick tick => OnProgressTick(tick),
        _ => OnOtherAsync(message),
    };

    /// <summary>Share of the running round that is done.</summary>
    protected virtual double Fraction => 0;

    /// <summary>Handles what is not a round.</summary>
    protected virtual ValueTask OnOtherAsync(IMessage message) => ValueTask.CompletedTask;

    /// <summary>Does this shard's part of a round, outside the mailbox.</summary>
    protected abstract Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken);

    /// <summary>Publishes this shard's current tables under a round.</summary>
    protected void PublishTables(long round, string name, FactorBlock tables) =>
        Context.Blocks.Publish(Addresses.TablesKey(_job, round, Kind, name, Shard), tables);

    /// <summary>Publishes what the client takes: all tables for a checkpoint, the best ones for the model.</summary>
    protected void PublishForClient(RunRound command, FactorBlock current, FactorBlock? kept)
    {
        if (command.Kind == RoundKind.Publish)
        {
            PublishTables(command.Round, Addresses.Tables, current);
            PublishTables(command.Round, Addresses.KeptTables, kept ?? current);
        }
        else
        {
            PublishTables(command.Round, Addresses.Tables, kept ?? current);
        }
    }

    /// <summary>Pulls the whole other side as it was published under a round.</summary>
    /// <param name="kind">Who publishes it.</param>
    /// <param name="starts">First row of each published block, and the number of rows last.</param>
    /// <param name="round">The round.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="shardOf">The shard that publishes a block, where it is not the block's own number.</param>
    protected async Task<PartitionedFactors> PullSideAsync(
        string kind, IReadOnlyList<int> starts, long round, CancellationToken cancellationToken, Func<int, int>? shardOf = null)
    {
        FactorBlock[] blocks = new FactorBlock[starts.Count - 1];
        for (int from = 0; from < blocks.Length; from++)
        {
            blocks[from] = await Context.Blocks.PullAsync(
                new ActorAddress(kind, shardOf?.Invoke(from) ?? from),
                Addresses.TablesKey(_job, round, kind, Addresses.Tables, from),
                FactorBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false);
        }

        return new PartitionedFactors([.. starts], [.. blocks.Select(block => block.Factors)], [.. blocks.Select(block => block.Biases)]);
    }

    /// <summary>Pulls this shard's ratings from the node that read them.</summary>
    protected async Task<RatingBlock> PullRatingsAsync(CancellationToken cancellationToken) =>
        await Context.Blocks.PullAsync(
            Addresses.Source, Addresses.RatingsKey(_job, Kind, Shard), RatingBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);

    /// <summary>Pulls this shard's tables of a checkpoint.</summary>
    protected async Task<FactorBlock> PullResumeAsync(string name, CancellationToken cancellationToken) =>
        await Context.Blocks.PullAsync(
            Addresses.Source, Addresses.ResumeKey(_job, Kind, name, Shard), FactorBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);

    private async ValueTask OnRunRound(RunRound command)
    {
        if (command.Kind == RoundKind.Load && command.Round > _round && !_isRunning)
        {
            Spec = command.Spec;
            _job = command.Job;
            _layout = command.Layout;
        }
        else if (command.Job != _job || command.Layout != _layout)
        {
            return;
        }

        if (command.Round == _round && _report is not null)
        {
            await Context.SendAsync(Addresses.Coordinator, _report).ConfigureAwait(false);
            return;
        }

        if (command.Round <= _round || _isRunning)
        {
            return;
        }

        _round = command.Round;
        _report = null;
        _isRunning = true;
        Context.StartTimer(ProgressInterval, new ProgressTick { Round = _round });
        Context.RunOutside(async cancellationToken => await ReportAsync(command, cancellationToken).ConfigureAwait(false));
    }

    private async Task<RoundReport> ReportAsync(RunRound command, CancellationToken cancellationToken)
    {
        RoundReport report = new() { Job = command.Job, Round = command.Round, Kind = Kind, Shard = Shard };
        try
        {
            RoundSums sums = await RunAsync(command, cancellationToken).ConfigureAwait(false);
            report.SquaredError = RoundSums.ToParts(sums.Errors.Squared);
            report.AbsoluteError = RoundSums.ToParts(sums.Errors.Absolute);
            report.Penalty = RoundSums.ToParts(sums.Penalty);
            report.Count = sums.Errors.Count;
            report.SingularRows = sums.SingularRows;
            report.Diverged = sums.Diverged;
        }
        catch (NumericalException exception)
        {
            // Computing the same again gives the same: this ends the job instead of restarting the actor.
            report.Failure = exception.Message;
        }

        return report;
    }

    private ValueTask OnReport(RoundReport report)
    {
        _isRunning = false;
        _report = report;
        return Context.SendAsync(Addresses.Coordinator, report);
    }

    private async ValueTask OnProgressTick(ProgressTick tick)
    {
        if (!_isRunning || tick.Round != _round)
        {
            return;
        }

        RoundProgress progress = new() { Job = _job, Round = _round, Kind = Kind, Shard = Shard, Fraction = Fraction };
        await Context.SendAsync(Addresses.Coordinator, progress).ConfigureAwait(false);
        Context.StartTimer(ProgressInterval, tick);
    }
}
