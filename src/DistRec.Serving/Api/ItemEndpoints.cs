using System.ComponentModel.DataAnnotations;
using DistRec.Serving.Events;
using DistRec.Serving.Items;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Says what an item is.</summary>
public sealed record ItemRequest
{
    /// <summary>Its title.</summary>
    [StringLength(EventRules.MaxIdLength, MinimumLength = 1)]
    public string? Title { get; init; }

    /// <summary>Texts by the names of attributes, such as <c>{"genre": ["Drama", "Comedy"], "year": ["1999"]}</c>: at most 50 names, and 100 texts of each.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Attributes { get; init; }
}

/// <summary>What items are that came after training.</summary>
internal static class ItemEndpoints
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="items">Keeps what is said.</param>
    public static void Map(IEndpointRouteBuilder routes, IItemDetails items) =>
        routes.MapPut("/items/{item}", async Task<Ok<ItemDetails>> (string item, ItemRequest request, CancellationToken cancellationToken) =>
        {
            ItemDetails details = new() { Item = item, Title = request.Title, Attributes = request.Attributes ?? new ItemDetails { Item = item }.Attributes };
            Check(details);
            await items.PutAsync(details, cancellationToken).ConfigureAwait(false);
            return TypedResults.Ok(details);
        }).WithName("PutItem").WithSummary("Says what an item is, in the place of what was said before; for models that do not know it");

    private static void Check(ItemDetails details)
    {
        AttributeRules.Require(EventRules.WhyIdRefused("item", details.Item));
        AttributeRules.Require(details.Title is null ? null : EventRules.WhyTextRefused("title", "a text", details.Title));
        AttributeRules.Check(details.Attributes);
    }
}
