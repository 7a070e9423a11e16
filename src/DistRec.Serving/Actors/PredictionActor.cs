using Akka.Actor;
using DistRec.Serving.Events;
using DistRec.Serving.Experiments;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;

namespace DistRec.Serving.Actors;

/// <summary>
/// One partition of users, in the region <c>predictions</c>: the only writer of what they rated since training. It begins by reading what is
/// kept of them; what comes meanwhile waits. A rating is kept before it counts, and counts before it is acknowledged.
/// </summary>
internal sealed class PredictionActor : ReceiveActor, IWithStash
{
    private readonly UserPartition _partition;
    private readonly ServingNode _node;
    private readonly UserResponder _responder;
    private readonly IEventLog _log;
    private readonly Func<int, CancellationToken, Task<IReadOnlyList<KeptArm>>> _arms;
    private readonly EventAppender _appender;
    private readonly CancellationTokenSource _stopped = new();

    public PredictionActor(
        int index,
        ServingNode node,
        UserResponder responder,
        IEventLog log,
        Func<int, CancellationToken, Task<IReadOnlyList<KeptArm>>> arms,
        EventAppender appender)
    {
        _partition = new UserPartition(index);
        _node = node;
        _responder = responder;
        _log = log;
        _arms = arms;
        _appender = appender;
        Receive<Kept>(OnRead);
        Receive<Status.Failure>(failure => throw new EventLogException(failure.Cause.Message, failure.Cause));
        ReceiveAny(_ => Stash.Stash());
    }

    public IStash Stash { get; set; } = null!;

    /// <summary>How one is made.</summary>
    /// <param name="index">Which partition.</param>
    /// <param name="node">What the node answers from.</param>
    /// <param name="responder">What answers.</param>
    /// <param name="log">Where ratings are kept.</param>
    /// <param name="arms">Reads the arms of a partition's users; see <see cref="ExperimentStore.ArmsAsync"/>.</param>
    /// <param name="appender">Keeps events.</param>
    public static Props Props(
        int index,
        ServingNode node,
        UserResponder responder,
        IEventLog log,
        Func<int, CancellationToken, Task<IReadOnlyList<KeptArm>>> arms,
        EventAppender appender) => Akka.Actor.Props.Create(() => new PredictionActor(index, node, responder, log, arms, appender));

    protected override void PreStart() => Task.Run(ReadAsync).PipeTo(Self);

    protected override void PostStop()
    {
        _stopped.Cancel();
        _node.Leave(_partition);
    }

    private async Task<Kept> ReadAsync()
    {
        List<UserRating> ratings = [];
        await foreach (ServingEvent one in _log.ReadAsync(0, _partition.Index, EventKind.Rating, cancellationToken: _stopped.Token).ConfigureAwait(false))
        {
            ratings.Add(new UserRating(one.User, one.Item, (float)one.Value!.Value, one.Sequence));
        }

        return new Kept(ratings, await _arms(_partition.Index, _stopped.Token).ConfigureAwait(false));
    }

    private void OnRead(Kept kept)
    {
        _partition.Apply(kept.Ratings);
        foreach (KeptArm arm in kept.Arms)
        {
            _partition.Keep(arm);
        }

        _node.Enter(_partition);
        Become(Answering);
        Stash.UnstashAll();
    }

    private void Answering()
    {
        Receive<StoreEvents>(store =>
        {
            IActorRef sender = Sender;
            ServingEvent[] events = [.. store.Events.Select(WireEvents.Read)];
            _appender.AppendAsync(events, _stopped.Token).PipeTo(
                Self, success: verdicts => new Appended(sender, events, verdicts), failure: cause => new NotAppended(sender, cause));
        });
        Receive<Appended>(OnAppended);
        Receive<NotAppended>(failed => failed.Sender.Tell(new EventsStored { Failure = failed.Cause.Message }));
        Receive<UserQuestions>(asked =>
        {
            // Outside the mailbox: a rating does not wait for the lists of others.
            UserQuestion[] questions = [.. asked.Questions];
            Task.Run(() => AnswerAsync(asked.Number, questions)).PipeTo(Sender, Self);
        });
        Receive<WakePartition>(_ => Sender.Tell(new PartitionAwake { Partition = _partition.Index, Users = _partition.Count }));
    }

    private async Task<UserAnswers> AnswerAsync(long number, UserQuestion[] questions) => new()
    {
        Number = number,
        Answers = { await Task.WhenAll(questions.Select(question => WireAnswers.AnswerAsync(_responder, question))).ConfigureAwait(false) },
    };

    private void OnAppended(Appended appended)
    {
        _partition.Apply(appended.Events.Zip(appended.Verdicts)
            .Where(entry => entry is { First.Kind: EventKind.Rating, Second.Outcome: EventOutcome.Stored })
            .Select(entry => new UserRating(entry.First.User, entry.First.Item, (float)entry.First.Value!.Value, entry.Second.Sequence)));
        appended.Sender.Tell(new EventsStored
        {
            Events = { appended.Verdicts.Select(verdict => new StoredEvent { Sequence = verdict.Sequence, Refused = verdict.Reason ?? "" }) },
        });
    }

    private sealed record Kept(IReadOnlyList<UserRating> Ratings, IReadOnlyList<KeptArm> Arms);

    private sealed record Appended(IActorRef Sender, IReadOnlyList<ServingEvent> Events, IReadOnlyList<EventVerdict> Verdicts);

    private sealed record NotAppended(IActorRef Sender, Exception Cause);
}
