using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using DistRec.Models.Queries.Lists;

namespace DistRec.Serving.Api;

/// <summary>A list whose entries are all there: JSON has null for any of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NoNullsAttribute() : ValidationAttribute("The field {0} must be a list without null.")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not IEnumerable entries || !entries.Cast<object?>().Contains(null);
}

// Generated readers of JSON forget the initial value of a property that can only be initialized: what has a default can be set.

/// <summary>An item's rating.</summary>
public sealed record RatingRequest
{
    /// <summary>Id of the item.</summary>
    [Required, StringLength(512, MinimumLength = 1)]
    public required string Item { get; init; }

    /// <summary>
    /// The rating, from −1,000,000,000 to 1,000,000,000; a confidence or count for a model of interactions, where it may be left out for 1.
    /// </summary>
    [Range(-1_000_000.0, 1_000_000.0)]
    public float? Rating { get; init; }
}

/// <summary>Asks what a user would rate an item.</summary>
public sealed record PredictRequest
{
    /// <summary>Id of the user; may be left out where ratings or attributes are given.</summary>
    [StringLength(512, MinimumLength = 1)]
    public string? User { get; init; }

    /// <summary>Id of the item.</summary>
    [Required, StringLength(512, MinimumLength = 1)]
    public required string Item { get; init; }

    /// <summary>Ratings to fold the user in by, beside those that are known.</summary>
    [NoNulls, MaxLength(10_000)]
    public IReadOnlyList<RatingRequest>? Ratings { get; init; }

    /// <summary>
    /// What is known of a user whom the model was not trained on and who has rated nothing, such as
    /// <c>{"gender": ["F"], "age": ["25"]}</c>: the answer rests on it alone. For models that were trained on attributes of users; at most
    /// 50 names, and 100 texts of each.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Attributes { get; init; }
}

/// <summary>Asks for many predictions at once.</summary>
public sealed record PredictBatchRequest
{
    /// <summary>The pairs, at most 10,000.</summary>
    [Required, NoNulls, MinLength(1), MaxLength(10_000)]
    public required IReadOnlyList<PairRequest> Pairs { get; init; }
}

/// <summary>A user and an item.</summary>
public sealed record PairRequest
{
    /// <summary>Id of the user.</summary>
    [Required, StringLength(512, MinimumLength = 1)]
    public required string User { get; init; }

    /// <summary>Id of the item.</summary>
    [Required, StringLength(512, MinimumLength = 1)]
    public required string Item { get; init; }
}

/// <summary>Asks for recommendations.</summary>
public sealed record RecommendRequest
{
    /// <summary>Most letters of a filter.</summary>
    internal const int LongestFilter = 1000;

    /// <summary>Id of the user; may be left out where ratings or attributes are given.</summary>
    [StringLength(512, MinimumLength = 1)]
    public string? User { get; init; }

    /// <summary>Ratings to fold the user in by, beside those that are known.</summary>
    [NoNulls, MaxLength(10_000)]
    public IReadOnlyList<RatingRequest>? Ratings { get; init; }

    /// <summary>
    /// What is known of a user whom the model was not trained on and who has rated nothing, such as
    /// <c>{"gender": ["F"], "age": ["25"]}</c>: the answer rests on it alone. For models that were trained on attributes of users; at most
    /// 50 names, and 100 texts of each.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Attributes { get; init; }

    /// <summary>How many items.</summary>
    [Range(1, 1000), DefaultValue(10)]
    public int N { get; set; } = 10;

    /// <summary>Ids to choose from; left out for all.</summary>
    [NoNulls, MaxLength(100_000)]
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Ids never to recommend, even if allowed.</summary>
    [NoNulls, MaxLength(100_000)]
    public IReadOnlyList<string>? Deny { get; init; }

    /// <summary>Whether items that the user has rated may be recommended.</summary>
    public bool IncludeSeen { get; init; }

    /// <summary>How much it counts that the items differ, from 0 to 1; 0 leaves the ranking as it is.</summary>
    [Range(0.0, 1.0)]
    public double Diversity { get; init; }

    /// <summary>Standard deviations of the rating that are added to what items are ranked by; for models that have them.</summary>
    [Range(0.0, RecommendQuery.MostExplore)]
    public double Explore { get; init; }

    /// <summary>What items must be, such as <c>genre=Drama|Comedy,year>=1990</c>.</summary>
    [StringLength(LongestFilter)]
    public string? Filter { get; init; }

    /// <summary>The next of an earlier answer, to go on behind it.</summary>
    [StringLength(ListCursor.MaximumLength)]
    public string? After { get; init; }
}

/// <summary>Asks for the lists of many users at once.</summary>
public sealed record RecommendBatchRequest
{
    /// <summary>Ids of the users, at most 10,000.</summary>
    [Required, NoNulls, MinLength(1), MaxLength(10_000)]
    public required IReadOnlyList<string> Users { get; init; }

    /// <summary>How many items for each.</summary>
    [Range(1, 1000), DefaultValue(10)]
    public int N { get; set; } = 10;

    /// <summary>Whether items that a user has rated may be recommended.</summary>
    public bool IncludeSeen { get; init; }

    /// <summary>What items must be, such as <c>genre=Drama|Comedy,year>=1990</c>.</summary>
    [StringLength(RecommendRequest.LongestFilter)]
    public string? Filter { get; init; }
}

/// <summary>Asks which users are like one.</summary>
public sealed record SimilarUsersRequest
{
    /// <summary>Id of the user; may be left out where ratings or attributes are given.</summary>
    [StringLength(512, MinimumLength = 1)]
    public string? User { get; init; }

    /// <summary>Ratings to fold the user in by, beside those that are known.</summary>
    [NoNulls, MaxLength(10_000)]
    public IReadOnlyList<RatingRequest>? Ratings { get; init; }

    /// <summary>
    /// What is known of a user whom the model was not trained on and who has rated nothing, such as
    /// <c>{"gender": ["F"], "age": ["25"]}</c>: the answer rests on it alone. For models that were trained on attributes of users; at most
    /// 50 names, and 100 texts of each.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Attributes { get; init; }

    /// <summary>How many users.</summary>
    [Range(1, 1000), DefaultValue(10)]
    public int N { get; set; } = 10;
}

/// <summary>Asks why a user is predicted to rate an item so.</summary>
public sealed record ExplainRequest
{
    /// <summary>Id of the user; may be left out where ratings or attributes are given.</summary>
    [StringLength(512, MinimumLength = 1)]
    public string? User { get; init; }

    /// <summary>Id of the item.</summary>
    [Required, StringLength(512, MinimumLength = 1)]
    public required string Item { get; init; }

    /// <summary>Ratings to fold the user in by, beside those that are known.</summary>
    [NoNulls, MaxLength(10_000)]
    public IReadOnlyList<RatingRequest>? Ratings { get; init; }

    /// <summary>
    /// What is known of a user whom the model was not trained on and who has rated nothing, such as
    /// <c>{"gender": ["F"], "age": ["25"]}</c>: the answer rests on it alone. For models that were trained on attributes of users; at most
    /// 50 names, and 100 texts of each.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Attributes { get; init; }

    /// <summary>How many of the user's ratings to list.</summary>
    [Range(0, 1000), DefaultValue(10)]
    public int N { get; set; } = 10;
}
