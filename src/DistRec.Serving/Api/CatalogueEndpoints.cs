using System.ComponentModel.DataAnnotations;
using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Looks up items by title and users by id, for people who do not know ids by heart.</summary>
internal static class CatalogueEndpoints
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="queries">What answers.</param>
    /// <param name="node">What the node answers from.</param>
    public static void Map(IEndpointRouteBuilder routes, UserQueries queries, ServingNode node)
    {
        routes.MapGet("/items", Ok<ItemsAnswer> ([StringLength(200)] string? search = null, [Range(1, 1000)] int n = 20, string? model = null) =>
            TypedResults.Ok(FindItems(queries.ModelOf(model), search ?? "", n)))
            .WithName("FindItems").WithSummary("Items whose title or id contains a text, those with most ratings first");
        routes.MapGet("/users", Ok<UsersAnswer> ([StringLength(200)] string? search = null, [Range(1, 1000)] int n = 20, string? model = null) =>
            TypedResults.Ok(FindUsers(queries.ModelOf(model).Saved, node, search ?? "", n)))
            .WithName("FindUsers").WithSummary("Users whose id begins with a text");
    }

    private static ItemsAnswer FindItems(ServingModel model, string search, int n)
    {
        SavedModel saved = model.Saved;
        Dictionary<int, NewItem> newItems = model.NewItems.All.Where(item => Contains(item.Title, search) || Contains(item.Id, search)).ToDictionary(item => item.Index);
        int[]? counts = saved.Counts?.Items;
        int total = newItems.Count;
        BoundedTop top = new(Math.Min(n, saved.Items.Count + newItems.Count));
        for (int item = 0; item < saved.Items.Count; item++)
        {
            if (Contains(saved.TitleOf(item), search) || Contains(saved.Items[item], search))
            {
                total++;
                top.Offer(new ScoredItem(item, counts?[item] ?? 0));
            }
        }

        foreach (NewItem item in newItems.Values)
        {
            top.Offer(new ScoredItem(item.Index, item.Ratings));
        }

        return new ItemsAnswer(
            [
                .. top.TakeSorted().Select(found => newItems.TryGetValue(found.Item, out NewItem? item)
                    ? new FoundItem(item.Id, item.Title, item.Ratings)
                    : new FoundItem(saved.Items[found.Item], saved.TitleOf(found.Item), counts?[found.Item])),
            ],
            total);
    }

    private static bool Contains(string? text, string search) => text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;

    private static UsersAnswer FindUsers(SavedModel saved, ServingNode node, string search, int n)
    {
        List<FoundUser> found = [];
        for (int user = 0; user < saved.Users.Count && found.Count < n; user++)
        {
            string id = saved.Users[user];
            if (id.StartsWith(search, StringComparison.Ordinal))
            {
                found.Add(new FoundUser(id, saved.Counts?.Users[user], node.PartitionOf(id)?.Find(id)?.Ratings.Count ?? 0));
            }
        }

        foreach (string id in node.Hosted.SelectMany(partition => partition.Search(search)).Where(id => !saved.Users.TryGetIndex(id, out _)).Order(StringComparer.Ordinal))
        {
            if (found.Count == n)
            {
                break;
            }

            found.Add(new FoundUser(id, 0, node.PartitionOf(id)?.Find(id)?.Ratings.Count ?? 0));
        }

        return new UsersAnswer(found);
    }
}
