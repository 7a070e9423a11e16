using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using DistRec.Cluster.Hosting;
using DistRec.Serving.Events;
using DistRec.Serving.Items;
using DistRec.Serving.Registry;
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
    public static AkkaConfigurationBuilder WithPredictionActors(this AkkaConfigurationBuilder builder, ServingNode node, UserQueries queries, IEventLog log, IModelRegistry registry, IItemDetails items, int newItemRatings) =>
        builder
            .WithActors((system, registry) => registry.Register<EventsKey>(system.ActorOf(EventLogActor.Props(log), "events")))
            .WithActors((system, actors) => actors.Register<ActiveModelsKey>(system.ActorOf(ActiveModelsActor.Props(node, registry), "models")))
            .WithActors((system, actors) => actors.Register<NewItemsKey>(system.ActorOf(NewItemsActor.Props(node, log, items, newItemRatings), "new-items")))
            .WithCustomSerializer("distrec-serving", ServingSerializer.Types, system => new ServingSerializer(system))
            .WithPartitionRegion<PredictionsKey>(
                PredictionsKey.Region,
                NodeRoles.Predictor,
                (system, registry) =>
                {
                    EventAppender appender = new(registry.Get<EventsKey>());
                    return entity => PredictionActor.Props(int.Parse(entity, NumberStyles.None, CultureInfo.InvariantCulture), node, queries, log, appender);
                },
                PredictionExtractor.Instance,
                PoisonPill.Instance,
                remembersEntities: true,
                movesAtOnce: MovesAtOnce)
            .WithActors((system, registry) =>
                registry.Register<QuestionsKey>(system.ActorOf(QuestionActor.Props(registry.Get<PredictionsKey>()), "questions")));
}
