using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using DistRec.Evaluation.Maps;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>A map that is being drawn.</summary>
/// <param name="Progress">How much of it is done, from 0 to 1.</param>
public sealed record MapProgressAnswer(double Progress);

/// <summary>Maps of active models' items, drawn in the background and kept until another version answers.</summary>
/// <param name="queries">Knows what is active.</param>
internal sealed class MapEndpoints(UserQueries queries) : IDisposable
{
    private const int DefaultItems = 5000;
    private const int MaximumItems = 20_000;

    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _lock = new();
    private Drawing? _drawing;

    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/models/{name}/map", async Task<Results<Ok<ItemMap>, Accepted<MapProgressAnswer>>> (
            string name,
            [Range(1, MaximumItems)][Description("Most items to show, those with the most ratings")] int items = DefaultItems) =>
        {
            Drawing drawing = DrawingOf(queries.ModelOf(name), items);
            return drawing.Map.IsCompleted
                ? TypedResults.Ok(await drawing.Map.ConfigureAwait(false))
                : TypedResults.Accepted((string?)null, new MapProgressAnswer(drawing.Progress));
        }).WithName("ItemMap").WithSummary("A model's items in a plane, like ones near each other (t-SNE); 202 with the progress while it is drawn");

    /// <inheritdoc/>
    public void Dispose() => _stopped.Cancel();

    // One at a time: drawing takes cores that answer questions.
    private Drawing DrawingOf(ServingModel model, int items)
    {
        lock (_lock)
        {
            if (_drawing is null || _drawing.Sha256 != model.Sha256 || _drawing.Items != items)
            {
                _drawing?.Stop.Cancel();
                _drawing = new Drawing(model, items, _stopped.Token);
            }

            return _drawing;
        }
    }

    /// <summary>A map, and how far it is.</summary>
    private sealed class Drawing : IProgress<TsneProgress>
    {
        private double _progress;

        public Drawing(ServingModel model, int items, CancellationToken stopped)
        {
            (Sha256, Items) = (model.Sha256, items);
            Stop = CancellationTokenSource.CreateLinkedTokenSource(stopped);
            ItemMapOptions options = new() { Items = items, Tsne = new TsneOptions { Threads = Math.Max(1, Environment.ProcessorCount / 2) } };
            Map = Task.Run(() => ItemMapper.Map(model.Saved, options, this, Stop.Token), Stop.Token);
        }

        public string Sha256 { get; }

        public int Items { get; }

        public CancellationTokenSource Stop { get; }

        public Task<ItemMap> Map { get; }

        public double Progress => Volatile.Read(ref _progress);

        public void Report(TsneProgress value) =>
            Volatile.Write(ref _progress, (value.Stage == TsneStage.Neighbours ? 0 : 0.5) + (0.5 * value.Done / value.Total));
    }
}
