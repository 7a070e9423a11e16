using System.Diagnostics.CodeAnalysis;
using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>
/// What all shards of a job have in common: a round is commanded, computed outside the mailbox and reported; a repeated
/// command is answered by the finished report, a stale one is dropped, a newer one ends what is under way.
/// </summary>
/// <remarks>While work is under way its state belongs to the computation; the actor touches it again when the result comes back as
/// a message. One piece of work at a time.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "The work's source is disposed of with the work; an actor has no other end.")]
internal abstract class Participant(Side side, string kind, int shard, NodeParts node) : Actor
{
    private const int MostOvertaken = 5;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private string _job = "";
    private ulong _layout;
    private ulong _instance = node.NewInstance();
    private CancellationTokenSource? _work;
    private RunRound? _next;
    private RoundReport? _report;
    private bool _mustForget;
    private int _overtaken;

    protected Side Side { get; } = side;

    protected string Kind { get; } = kind;

    protected int Shard { get; } = shard;

    protected NodeParts Node { get; } = node;

    /// <summary>The job's specification, from the load round on.</summary>
    protected JobSpec Spec { get; private set; } = new();

    /// <summary>The newest round commanded.</summary>
    protected RunRound Command { get; private set; } = new();

    protected bool IsWorking => _work is not null;

    public override ValueTask OnStartedAsync(StartReason reason) =>
        reason == StartReason.First ? ValueTask.CompletedTask : SayStartedAsync(reason == StartReason.Failure ? "it failed" : "");

    public override ValueTask OnReceiveAsync(IMessage message) => message switch
    {
        RunRound command => OnRunRound(command),
        RoundReport report => OnReport(report),
        ProgressTick tick => OnProgressTick(tick),
        CheckLife check => check.Job == _job ? ValueTask.CompletedTask : SayStartedAsync(""),
        EndJob end => OnEnd(end),
        _ => OnOtherAsync(message),
    };

    /// <summary>Share of the running round that is done.</summary>
    protected virtual double Fraction => 0;

    /// <summary>Whether the ratings of the present job are loaded.</summary>
    protected abstract bool IsLoaded { get; }

    /// <summary>Handles what is not a round.</summary>
    protected virtual ValueTask OnOtherAsync(IMessage message) => ValueTask.CompletedTask;

    /// <summary>Does this shard's part of a round, outside the mailbox.</summary>
    protected abstract Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken);

    /// <summary>Frees everything of the present job.</summary>
    protected abstract void Forget();

    /// <summary>Whether a round is done in one piece of work; a descent is not, it waits for visits.</summary>
    protected virtual bool IsOneWork(RunRound command) => true;

    /// <summary>Goes on with what waits, now that the work has ended.</summary>
    protected virtual void Continue()
    {
        if (_next is { } next)
        {
            _next = null;
            Begin(next);
        }
    }

    private void Begin(RunRound command)
    {
        if (command.Kind == RoundKind.Load)
        {
            Spec = command.Spec;
        }

        if (IsOneWork(command))
        {
            Work(cancellationToken => ReportAsync(command, cancellationToken));
            Context.StartTimer(ProgressInterval, new ProgressTick { Round = command.Round });
        }
        else
        {
            Continue();
        }
    }

    /// <summary>Runs one piece of work outside the mailbox; its result comes back as a message.</summary>
    protected void Work(Func<CancellationToken, Task<IMessage>> work)
    {
        CancellationTokenSource cancellation = _work = new CancellationTokenSource();
        Context.RunOutside(async stopping =>
        {
            using CancellationTokenRegistration linked = stopping.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), cancellation);
            return await work(cancellation.Token).ConfigureAwait(false);
        });
    }

    /// <summary>Called with the work's result, before anything else is done with it.</summary>
    protected void WorkIsOver()
    {
        _work?.Dispose();
        _work = null;
        if (_mustForget)
        {
            _mustForget = false;
            Forget();
        }
    }

    /// <summary>What is said of <see cref="IsOvertakenInVain"/>.</summary>
    protected const string OvertakenText = "the blocks that the round needs were dropped, and no newer round came";

    /// <summary>Whether work was overtaken again and again while its command stayed the newest: nobody will ever publish what it needs.</summary>
    protected bool IsOvertakenInVain() => _next is null && _job.Length > 0 && ++_overtaken >= MostOvertaken;

    /// <summary>This participant's state cannot be trusted any more: it begins a new life.</summary>
    /// <returns>Its name.</returns>
    protected ulong LoseState()
    {
        Leave();
        _instance = Node.NewInstance();
        return _instance;
    }

    /// <summary>The name of this life.</summary>
    protected ulong Instance => _instance;

    /// <summary>Says how far the running round is, so that the coordinator knows that somebody is there.</summary>
    protected ValueTask SayProgressAsync() => Context.SendAsync(
        Addresses.Coordinator, new RoundProgress { Job = _job, Round = Command.Round, Kind = Kind, Shard = Shard, Fraction = Fraction });

    /// <summary>Publishes tables of this shard under a version; 0 means that nobody needs them.</summary>
    protected void PublishTables(long version, string name, int block, FactorBlock tables)
    {
        if (version > 0)
        {
            Context.Blocks.Publish(Addresses.TablesKey(Spec.Job, version, Kind, name, block), tables);
        }
    }

    /// <summary>Publishes what the client takes: all tables for a checkpoint, the best ones for the model.</summary>
    protected void PublishForClient(RunRound command, int block, FactorBlock current, FactorBlock? kept)
    {
        if (command.Kind == RoundKind.Publish)
        {
            PublishTables(command.Version, Addresses.Tables, block, current);
            PublishTables(command.Version, Addresses.KeptTables, block, kept ?? current);
        }
        else
        {
            PublishTables(command.Version, Addresses.Tables, block, kept ?? current);
        }
    }

    /// <summary>The other side as it was published under a version, with the rows that this node's partitions need.</summary>
    /// <param name="other">The other side.</param>
    /// <param name="version">Its version.</param>
    /// <param name="rows">The rows of each block that this partition needs; see <see cref="Need"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected async Task<ReplicaState> PullSideAsync(Side other, long version, Lazy<RowSet[]> rows, CancellationToken cancellationToken)
    {
        JobSpec spec = Spec;
        SideReplica replica = ReplicaOf(other);
        replica.Register((Kind, Shard), rows);
        return await replica.PullAsync(
            Context.Blocks,
            version,
            block => Addresses.OwnerOf(other, spec, block),
            block => Addresses.TablesKey(spec.Job, version, Addresses.KindOf(other, spec), Addresses.Tables, block),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the node early which rows of the other side this partition needs, so that the first pull brings them for all.</summary>
    protected Lazy<RowSet[]> Need(Side other, Func<RowSet[]> rows)
    {
        Lazy<RowSet[]> lazy = new(rows);
        ReplicaOf(other).Register((Kind, Shard), lazy);
        return lazy;
    }

    /// <summary>The whole other side from the job's store.</summary>
    protected async Task<PartitionedFactors> FetchSideAsync(Side other, long version, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> starts = Addresses.StartsOf(other, Spec);
        FactorBlock[] blocks = new FactorBlock[starts.Count - 1];
        for (int block = 0; block < blocks.Length; block++)
        {
            blocks[block] = await FetchAsync(Addresses.KindOf(other, Spec), Addresses.Tables, version, block, cancellationToken).ConfigureAwait(false);
        }

        return FactorBlock.SideOf(starts, blocks);
    }

    /// <summary>The name under which the store has the remembered tables.</summary>
    protected static string KeptNameOf(RunRound command) => command.KeptIsCurrent ? Addresses.Tables : Addresses.KeptTables;

    /// <summary>One block of stored tables.</summary>
    protected async Task<FactorBlock> FetchAsync(string kind, string name, long version, int block, CancellationToken cancellationToken) =>
        await Context.Blocks.PullAsync(
            Addresses.Source, Addresses.StoredKey(Spec.Job, version, kind, name, block), FactorBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);

    /// <summary>Pulls this shard's ratings from the node that has them.</summary>
    protected Task<RatingBlock> PullRatingsAsync(CancellationToken cancellationToken) => PullDataAsync(RatingBlock.Reader.Instance, cancellationToken);

    /// <summary>Pulls this shard's part of the data from the node that has it.</summary>
    protected async Task<T> PullDataAsync<T>(IBlockReader<T> reader, CancellationToken cancellationToken)
        where T : class, IBlock =>
        await Context.Blocks.PullAsync(Addresses.Source, Addresses.RatingsKey(Spec.Job, Kind, Shard), reader, cancellationToken).ConfigureAwait(false);

    private SideReplica ReplicaOf(Side other) =>
        Node.Replicas.Of(Spec.Job, Addresses.KindOf(other, Spec), Addresses.StartsOf(other, Spec), Jobs.JobSpecs.WidthOf(other, Spec));

    private ValueTask SayStartedAsync(string cause) => Context.SendAsync(
        Addresses.Coordinator, new ParticipantStarted { Kind = Kind, Shard = Shard, Instance = _instance, Cause = cause });

    private ValueTask OnRunRound(RunRound command)
    {
        bool isMine = command.Job == _job && command.Layout == _layout;
        if (!isMine && command.Kind != RoundKind.Load)
        {
            return SayStartedAsync("");
        }

        if (!isMine)
        {
            if (_job.Length > 0)
            {
                LeaveJob();
            }

            _job = command.Job;
            _layout = command.Layout;
        }
        else if (command.Round == Command.Round && _report is not null)
        {
            return Context.SendAsync(Addresses.Coordinator, _report);
        }
        else if (command.Round == Command.Round && (IsWorking || !IsOneWork(command)))
        {
            return SayProgressAsync();
        }
        else if (command.Round < Command.Round)
        {
            return ValueTask.CompletedTask;
        }

        Command = command;
        _report = null;
        _overtaken = 0;
        Context.Blocks.DropThrough(_job, command.DropThrough);
        if (_work is null)
        {
            Begin(command);
            return ValueTask.CompletedTask;
        }

        _next = command;
        _work.Cancel();
        return ValueTask.CompletedTask;
    }

    private async Task<IMessage> ReportAsync(RunRound command, CancellationToken cancellationToken)
    {
        RoundReport report = new() { Job = command.Job, Round = command.Round, Kind = Kind, Shard = Shard };
        try
        {
            RoundSums sums = command.Kind == RoundKind.Load && IsLoaded
                ? default
                : await RunAsync(command, cancellationToken).ConfigureAwait(false);
            report.SquaredError = RoundSums.ToParts(sums.Errors.Squared);
            report.AbsoluteError = RoundSums.ToParts(sums.Errors.Absolute);
            report.Penalty = RoundSums.ToParts(sums.Penalty);
            report.Count = sums.Errors.Count;
            report.SingularRows = sums.SingularRows;
            report.Diverged = sums.Diverged;
            report.ReceivedBytes = sums.ReceivedBytes;
            report.NeededBytes = sums.NeededBytes;
        }
        catch (Exception exception) when (exception is OperationCanceledException or BlockDroppedException)
        {
            // Overtaken: a newer command is here or on its way. Should the same come again, it is done again.
            report.Round = 0;
        }
        catch (Exception exception) when (IsFinal(exception))
        {
            report.Failure = exception.Message;
        }
        catch (Exception exception)
        {
            report.Fault = $"{exception.GetType().Name}: {exception.Message}";
        }

        return report;
    }

    /// <summary>
    /// Whether a new life would come to the same, so that this ends the job: arithmetic repeats itself, and a node that was out of
    /// reach has been called for long.
    /// </summary>
    protected static bool IsFinal(Exception exception) => exception is NumericalException or BlockUnreachableException;

    private async ValueTask OnReport(RoundReport report)
    {
        WorkIsOver();
        if (report.Round == 0 && IsOvertakenInVain())
        {
            report.Round = Command.Round;
            report.Fault = OvertakenText;
        }

        if (report.Round == Command.Round && report.Job == _job)
        {
            report.Instance = _instance;
            if (report.Fault.Length > 0)
            {
                report.Instance = LoseState();
            }
            else
            {
                _report = report;
            }

            await Context.SendAsync(Addresses.Coordinator, report).ConfigureAwait(false);
        }

        Continue();
    }

    private ValueTask OnEnd(EndJob end)
    {
        if (end.Job == _job)
        {
            LeaveJob();
        }

        return ValueTask.CompletedTask;
    }

    private void LeaveJob()
    {
        Context.Blocks.DropJob(_job);
        Node.Replicas.Drop(_job);
        LoseState();
    }

    private void Leave()
    {
        _job = "";
        _next = null;
        _report = null;
        Command = new RunRound();
        if (_work is null)
        {
            Forget();
            return;
        }

        _mustForget = true;
        _work.Cancel();
    }

    private async ValueTask OnProgressTick(ProgressTick tick)
    {
        if (!IsWorking || tick.Round != Command.Round)
        {
            return;
        }

        await SayProgressAsync().ConfigureAwait(false);
        Context.StartTimer(ProgressInterval, tick);
    }
}
