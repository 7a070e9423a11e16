using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using DistRec.Cluster.Hosting;
using DistRec.Serving.Experiments;
using DistRec.Serving.Items;
using DistRec.Serving.Stores;
using DistRec.Serving.Users;

namespace DistRec.Serving.Actors;

/// <summary>Names the actor that asks other nodes.</summary>
internal sealed class QuestionsKey
{
    private QuestionsKey()
    {
    }
}

/// <summary>Names the actor that appends to the event log.</summary>
internal sealed class EventsKey
{
    private EventsKey()
    {
    }
}

/// <summary>Sets up serving's actors.</summary>
internal static class ServingActorsExtensions
{
    // A partition reads a few ratings when it starts, and is away for as long.
    private const int MovesAtOnce = 16;

    /// <summary>Starts the region of predictions, on a node that has its role, and what asks it.</summary>
    public static AkkaConfigurationBuilder WithPredictionActors(
        this AkkaConfigurationBuilder builder, ServingNode node, UserQueries queries, ServerStores stores, int newItemRatings, TimeProvider time) => builder
            .WithActors((system, registry) => registry.Register<EventsKey>(system.ActorOf(EventLogActor.Props(stores.Events), "events")))
            .WithActors((system, registry) => registry.Register<ArmsKey>(
                system.ActorOf(ArmActor.Props(node, drawn => stores.Experiments.KeepArmsAsync(drawn)), "arms")))
            .WithActors((system, registry) => registry.Register<ShadowsKey>(
                system.ActorOf(
                    ShadowActor.Props(
                        (model, question) => queries.AnswerBy(model, question), (experiment, figures) => stores.Experiments.AddShadowAsync(experiment, figures), time),
                    "shadows")))
            .WithActors((system, registry) => registry.Register<ActiveModelsKey>(
                system.ActorOf(ActiveModelsActor.Props(node, new ActiveModelsReader(stores.Models, stores.Experiments)), "models")))
            .WithActors((system, registry) => registry.Register<NewItemsKey>(
                system.ActorOf(NewItemsActor.Props(node, stores.Events, stores.Items, newItemRatings), "new-items")))
            .WithCustomSerializer("distrec-serving", ServingSerializer.Types, system => new ServingSerializer(system))
            .WithPartitionRegion<PredictionsKey>(
                PredictionsKey.Region,
                NodeRoles.Predictor,
                (system, registry) =>
                {
                    EventAppender appender = new(registry.Get<EventsKey>());
                    UserResponder responder = new(node, queries, new ArmKeeper(registry.Get<ArmsKey>()), new ShadowDesk(registry.Get<ShadowsKey>()));
                    return entity => PredictionActor.Props(
                        int.Parse(entity, NumberStyles.None, CultureInfo.InvariantCulture), node, responder, stores.Events, stores.Experiments.ArmsAsync, appender);
                },
                PredictionExtractor.Instance,
                PoisonPill.Instance,
                remembersEntities: true,
                movesAtOnce: MovesAtOnce)
            .WithSingleton<ExperimentsKey>(
                "experiments",
                (_, registry, _) =>
                {
                    ExperimentWatch watch = new(stores.Experiments, stores.Events, time);
                    ModelLoader loader = new(registry);
                    return ExperimentsActor.Props(async stopped =>
                    {
                        if (await watch.LookAsync(stopped).ConfigureAwait(false))
                        {
                            await loader.RefreshAsync(stopped).ConfigureAwait(false);
                        }
                    });
                },
                new ClusterSingletonOptions { Role = NodeRoles.Predictor })
            .WithActors((system, registry) =>
                registry.Register<QuestionsKey>(system.ActorOf(QuestionActor.Props(registry.Get<PredictionsKey>()), "questions")));
}
