using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using DistRec.Cluster.Hosting;
using DistRec.Serving.Events;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;

namespace DistRec.Serving.Actors;

/// <summary>Names the actor that asks other nodes.</summary>
internal sealed class QuestionsKey
{
    private QuestionsKey()
    {
    }
}

/// <summary>Sets up serving's actors.</summary>
internal static class ServingActorsExtensions
{
    // A partition reads a few ratings when it starts, and is away for as long.
    private const int MovesAtOnce = 16;

    /// <summary>Starts the region of predictions, on a node that has its role, and what asks it.</summary>
    public static AkkaConfigurationBuilder WithPredictionActors(this AkkaConfigurationBuilder builder, ServingNode node, UserQueries queries, IRatingLog log) =>
        builder
            .WithCustomSerializer("distrec-serving", ServingSerializer.Types, system => new ServingSerializer(system))
            .WithPartitionRegion<PredictionsKey>(
                PredictionsKey.Region,
                NodeRoles.Predictor,
                entity => PredictionActor.Props(int.Parse(entity, NumberStyles.None, CultureInfo.InvariantCulture), node, queries, log),
                PredictionExtractor.Instance,
                PoisonPill.Instance,
                remembersEntities: true,
                movesAtOnce: MovesAtOnce)
            .WithActors((system, registry) =>
                registry.Register<QuestionsKey>(system.ActorOf(QuestionActor.Props(registry.Get<PredictionsKey>()), "questions")));
}

/// <summary>What the API asks about users, wherever their partitions live.</summary>
/// <param name="node">What this node answers from.</param>
/// <param name="queries">Answers about users who live here.</param>
/// <param name="registry">Where the actors are.</param>
internal sealed class UserDesk(ServingNode node, UserQueries queries, IReadOnlyActorRegistry registry)
{
    private static readonly TimeSpan RateTimeout = TimeSpan.FromSeconds(15);

    private readonly IActorRef _region = registry.Get<PredictionsKey>();
    private readonly IActorRef _questions = registry.Get<QuestionsKey>();

    /// <summary>Answers a question. Where this node has the data no message is sent.</summary>
    /// <typeparam name="T">The answer of the question's kind.</typeparam>
    /// <exception cref="Cluster.Api.ApiException">It is refused.</exception>
    /// <exception cref="Data.InputException">It cannot be answered as it is put.</exception>
    public ValueTask<T> AskAsync<T>(UserQuestion question) =>
        question.User.Length == 0 || node.PartitionOf(question.User) is not null ? new ValueTask<T>((T)queries.Answer(question)) : AskOtherAsync<T>(question);

    /// <summary>Keeps what a user has rated; it counts when this returns.</summary>
    public Task<ItemsRated> RateAsync(RateItems rate, CancellationToken cancellationToken) =>
        _region.Ask<ItemsRated>(new PredictionEnvelope(UserPartitions.Of(rate.User, node.Partitions), rate), RateTimeout, cancellationToken);

    /// <summary>Waits until a partition is complete, on whichever node.</summary>
    public Task<PartitionAwake> WakeAsync(int partition, TimeSpan timeout, CancellationToken cancellationToken) =>
        _region.Ask<PartitionAwake>(new PredictionEnvelope(partition, new WakePartition()), timeout, cancellationToken);

    private async ValueTask<T> AskOtherAsync<T>(UserQuestion question)
    {
        TaskCompletionSource<UserAnswer> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions.Tell(new RemoteQuestion(UserPartitions.Of(question.User, node.Partitions), question, answered));
        return WireAnswers.Read<T>(await answered.Task.ConfigureAwait(false));
    }
}
