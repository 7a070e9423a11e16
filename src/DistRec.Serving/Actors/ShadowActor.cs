using Akka.Actor;
using Akka.Event;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Experiments;
using DistRec.Serving.Protocol;
using DistRec.Serving.Registry;
using DistRec.Serving.Users;

namespace DistRec.Serving.Actors;

/// <summary>Names the actor that has shadows answer.</summary>
internal sealed class ShadowsKey
{
    private ShadowsKey()
    {
    }
}

/// <summary>A question that the control has answered, for the shadow. Within a process alone.</summary>
internal sealed record ShadowQuestion(RunningExperiment Experiment, UserQuestion Question, object Answer);

/// <summary>Hands a sample of the questions to the node's <see cref="ShadowActor"/>, or drops them: no user waits for a shadow.</summary>
/// <param name="actor">The actor.</param>
internal sealed class ShadowDesk(IActorRef actor)
{
    /// <summary>Offers what a user has been answered.</summary>
    /// <param name="models">What answered.</param>
    /// <param name="question">The question.</param>
    /// <param name="answer">The answer.</param>
    public void Offer(ActiveModels models, UserQuestion question, object answer)
    {
        // A later page is of the version that began the list, and no other can go on with it.
        if (models.Experiments.Count == 0 || question.Recommend?.After.Length > 0 || ServedOf(answer) is not { Experiment: { } name } served)
        {
            return;
        }

        // Whether it is in the sample hangs on the answer's id alone.
        foreach (RunningExperiment experiment in models.Experiments.Values)
        {
            ExperimentDefinition definition = experiment.Definition;
            if (definition.Policy == ExperimentPolicy.Shadow && definition.Name == name && IdHash.Of(served.AnswerId) < definition.Sample * ulong.MaxValue)
            {
                actor.Tell(new ShadowQuestion(experiment, question, answer));
            }
        }
    }

    // What is compared.
    private static ServedBy? ServedOf(object answer) => (answer as RecommendAnswer)?.Served ?? (answer as PredictAnswer)?.Served;
}

/// <summary>
/// Has shadows answer one question after the other, beside the requests. While <see cref="MaximumWaiting"/> wait further ones are dropped, and counted.
/// What it came to is kept every second.
/// </summary>
internal sealed class ShadowActor : ReceiveActor, IWithTimers
{
    /// <summary>Questions that may wait.</summary>
    public const int MaximumWaiting = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Queue<ShadowQuestion> _waiting = new();
    private readonly Dictionary<string, ShadowFigures> _figures = new(StringComparer.Ordinal);
    private readonly Func<ServingModel, UserQuestion, object> _answer;
    private readonly Func<string, ShadowFigures, Task> _keep;
    private readonly TimeProvider _time;
    private bool _isAnswering;

    public ShadowActor(Func<ServingModel, UserQuestion, object> answer, Func<string, ShadowFigures, Task> keep, TimeProvider time)
    {
        (_answer, _keep, _time) = (answer, keep, time);
        Receive<ShadowQuestion>(question =>
        {
            if (_waiting.Count >= MaximumWaiting)
            {
                Count(question.Experiment.Definition.Name, new ShadowFigures { Dropped = 1 });
                return;
            }

            _waiting.Enqueue(question);
            AnswerNext();
        });
        Receive<Compared>(compared =>
        {
            Count(compared.Experiment, compared.Figures);
            _isAnswering = false;
            AnswerNext();
        });
        Receive<KeepDue>(_ => Keep());
        Receive<Kept>(_ => { });
        Receive<Status.Failure>(failure => Context.GetLogger().Warning("Figures of a shadow are not kept: {0}", failure.Cause.Message));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How one is made.</summary>
    /// <param name="answer">Answers by a version; see <see cref="UserQueries.AnswerBy"/>.</param>
    /// <param name="keep">Adds to an experiment's figures; see <see cref="ExperimentStore.AddShadowAsync"/>.</param>
    /// <param name="time">The clock of latencies.</param>
    public static Props Props(Func<ServingModel, UserQuestion, object> answer, Func<string, ShadowFigures, Task> keep, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new ShadowActor(answer, keep, time));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(KeepDue), KeepDue.Instance, Interval);

    protected override void PostStop() => Keep();

    private void AnswerNext()
    {
        if (!_isAnswering && _waiting.TryDequeue(out ShadowQuestion? next))
        {
            _isAnswering = true;
            Task.Run(() => new Compared(next.Experiment.Definition.Name, Compare(next))).PipeTo(Self);
        }
    }

    private ShadowFigures Compare(ShadowQuestion asked)
    {
        ServingModel shadow = asked.Experiment.Models[1 - asked.Experiment.Definition.ControlIndex];
        long began = _time.GetTimestamp();
        try
        {
            object answer = _answer(shadow, asked.Question);
            return ShadowFigures.Of(asked.Answer, answer, _time.GetElapsedTime(began));
        }
#pragma warning disable CA1031 // Whatever a shadow does wrong is what it is there to show, and nobody else's business.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return new ShadowFigures { Failures = 1 };
        }
    }

    private void Count(string experiment, ShadowFigures figures) =>
        _figures[experiment] = _figures.GetValueOrDefault(experiment, ShadowFigures.None).Add(figures);

    private void Keep()
    {
        foreach ((string experiment, ShadowFigures figures) in _figures)
        {
            Task.Run(() => _keep(experiment, figures)).PipeTo(Self, success: () => Kept.Instance);
        }

        _figures.Clear();
    }

    private sealed record Compared(string Experiment, ShadowFigures Figures);

    private sealed record KeepDue
    {
        public static KeepDue Instance { get; } = new();
    }

    private sealed record Kept
    {
        public static Kept Instance { get; } = new();
    }
}
