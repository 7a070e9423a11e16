using Akka.Actor;
using DistRec.Serving.Events;
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
    private readonly UserQueries _queries;
    private readonly IRatingLog _log;
    private readonly CancellationTokenSource _stopped = new();

    public PredictionActor(int index, ServingNode node, UserQueries queries, IRatingLog log)
    {
        _partition = new UserPartition(index);
        _node = node;
        _queries = queries;
        _log = log;
        Receive<RatingsRead>(OnRead);
        Receive<Status.Failure>(failure => throw new RatingLogException(failure.Cause.Message, failure.Cause));
        ReceiveAny(_ => Stash.Stash());
    }

    public IStash Stash { get; set; } = null!;

    /// <summary>How one is made.</summary>
    public static Props Props(int index, ServingNode node, UserQueries queries, IRatingLog log) =>
        Akka.Actor.Props.Create(() => new PredictionActor(index, node, queries, log));

    protected override void PreStart() =>
        _log.ReadAsync(_partition.Index, _stopped.Token).PipeTo(Self, success: ratings => new RatingsRead(ratings));

    protected override void PostStop()
    {
        _stopped.Cancel();
        _node.Leave(_partition);
    }

    private void OnRead(RatingsRead read)
    {
        _partition.Apply(read.Ratings);
        _node.Enter(_partition);
        Become(Answering);
        Stash.UnstashAll();
    }

    private void Answering()
    {
        Receive<RateItems>(rate =>
        {
            IActorRef sender = Sender;
            _log.AppendAsync(_partition.Index, rate, _stopped.Token).PipeTo(
                Self, success: kept => new RatingsKept(sender, rate, kept), failure: exception => new RatingsRefused(sender, exception));
        });
        Receive<RatingsKept>(OnKept);
        Receive<RatingsRefused>(refused => refused.Sender.Tell(new ItemsRated { Refused = refused.Cause.Message }));
        Receive<UserQuestions>(asked =>
        {
            // Outside the mailbox: a rating does not wait for the lists of others.
            UserQuestion[] questions = [.. asked.Questions];
            Task.Run(() => new UserAnswers { Number = asked.Number, Answers = { questions.Select(question => WireAnswers.Answer(_queries, question)) } })
                .PipeTo(Sender, Self);
        });
        Receive<WakePartition>(_ => Sender.Tell(new PartitionAwake { Partition = _partition.Index, Users = _partition.Count }));
    }

    private void OnKept(RatingsKept kept)
    {
        if (kept.Answer.Refused.Length == 0 && kept.Answer.Stored > 0)
        {
            _partition.Apply(kept.Rate.Items.Select(item => new UserRating(kept.Rate.User, item.Item, item.Rating, kept.Answer.Sequence)));
        }

        kept.Sender.Tell(kept.Answer);
    }

    private sealed record RatingsRead(IReadOnlyList<UserRating> Ratings);

    private sealed record RatingsKept(IActorRef Sender, RateItems Rate, ItemsRated Answer);

    private sealed record RatingsRefused(IActorRef Sender, Exception Cause);
}
