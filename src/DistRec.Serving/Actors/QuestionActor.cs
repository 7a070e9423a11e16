using Akka.Actor;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Http;

namespace DistRec.Serving.Actors;

/// <summary>A question about a user whose partition lives on another node.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Question">The question.</param>
/// <param name="Answered">Completed by the answer, or by a refusal.</param>
internal sealed record RemoteQuestion(int Partition, UserQuestion Question, TaskCompletionSource<UserAnswer> Answered);

/// <summary>
/// Asks the nodes that have the partitions, one message to a partition at a time: what comes while it is under way goes together in the next.
/// What is not answered is asked again, of whichever node then has the partition, and at last refused by name.
/// </summary>
internal sealed class QuestionActor : ReceiveActor, IWithTimers
{
    /// <summary>Most questions of one message, so that it fits into a frame.</summary>
    internal const int MaximumBatch = 64;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(10);

    private readonly IActorRef _region;
    private readonly Dictionary<int, Line> _lines = [];
    private long _number;

    public QuestionActor(IActorRef region)
    {
        _region = region;
        Receive<RemoteQuestion>(question =>
        {
            Line line = _lines.TryGetValue(question.Partition, out Line? known) ? known : _lines[question.Partition] = new Line(question.Partition);
            line.Waiting.Enqueue(question);
            if (line.Asked is null)
            {
                AskNext(line);
            }
        });
        Receive<UserAnswers>(answers =>
        {
            // An answer to what was asked again, and answered before, is no news.
            if (_lines.Values.FirstOrDefault(line => line.Asked?.Number == answers.Number) is { } line)
            {
                foreach ((RemoteQuestion question, UserAnswer answer) in line.Asking.Zip(answers.Answers))
                {
                    question.Answered.TrySetResult(answer);
                }

                AskNext(line);
            }
        });
        Receive<AskAgain>(again =>
        {
            Line line = _lines[again.Partition];
            if (line.Asked?.Number != again.Number)
            {
                return;
            }

            if (++line.Attempts * AskAgainAfter < GiveUpAfter)
            {
                Tell(line);
                return;
            }

            foreach (RemoteQuestion question in line.Asking)
            {
                question.Answered.TrySetResult(WireAnswers.Refuse(
                    StatusCodes.Status503ServiceUnavailable, "the user's node does not answer",
                    $"expected an answer of the node that has partition {line.Partition} of the users, found none for {GiveUpAfter.TotalSeconds:0} s; ask again"));
            }

            AskNext(line);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How one is made.</summary>
    /// <param name="region">The region of predictions.</param>
    public static Props Props(IActorRef region) => Akka.Actor.Props.Create(() => new QuestionActor(region));

    private void AskNext(Line line)
    {
        Timers.Cancel(line.Partition);
        line.Asking.Clear();
        line.Asked = null;
        while (line.Asking.Count < MaximumBatch && line.Waiting.TryDequeue(out RemoteQuestion? next))
        {
            line.Asking.Add(next);
        }

        if (line.Asking.Count > 0)
        {
            line.Asked = new UserQuestions { Number = ++_number, Questions = { line.Asking.Select(question => question.Question) } };
            line.Attempts = 0;
            Tell(line);
        }
    }

    private void Tell(Line line)
    {
        Timers.StartSingleTimer(line.Partition, new AskAgain(line.Partition, line.Asked!.Number), AskAgainAfter);
        _region.Tell(new PredictionEnvelope(line.Partition, line.Asked!));
    }

    private sealed record AskAgain(int Partition, long Number);

    /// <summary>What waits for one partition.</summary>
    private sealed class Line(int partition)
    {
        public int Partition { get; } = partition;

        public Queue<RemoteQuestion> Waiting { get; } = new();

        public List<RemoteQuestion> Asking { get; } = [];

        public UserQuestions? Asked { get; set; }

        public int Attempts { get; set; }
    }
}
