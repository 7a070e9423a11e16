using System.Text.Json;

namespace DistRec.Serving.Registry;

/// <summary>A model that is to be registered.</summary>
public sealed record ModelRegistration
{
    /// <summary>Under what; see <see cref="ModelName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The folder that training saved it to.</summary>
    public required string Folder { get; init; }

    /// <summary>Who registers it.</summary>
    public required string By { get; init; }

    /// <summary>The job that trained it, where it is known.</summary>
    public string? Job { get; init; }

    /// <summary>What a person has to say about it.</summary>
    public string Notes { get; init; } = "";
}

/// <summary>A registered model.</summary>
public sealed record ModelVersion
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its number among those of the name, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Whether it may answer, or does.</summary>
    public required ModelState State { get; init; }

    /// <summary>The kind of model, such as <c>als</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Hash of its tables: two of the same give the same answers.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Final figures of training by name, such as <c>validationRmse</c>.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>The options it was trained with.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Options { get; init; }

    /// <summary>What the data set is called.</summary>
    public required string DataName { get; init; }

    /// <summary>SHA-256 over the data set.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Users that it knows; null for a version that was registered by an earlier release.</summary>
    public int? Users { get; init; }

    /// <summary>Items that it knows; null likewise.</summary>
    public int? Items { get; init; }

    /// <summary>Ratings that it was trained on, 0 where they are not kept with it; null likewise.</summary>
    public long? Ratings { get; init; }

    /// <summary>k, 0 for a model without factors; null likewise.</summary>
    public int? Rank { get; init; }

    /// <summary>Least and greatest rating of its data; null likewise.</summary>
    public RatingScale? Scale { get; init; }

    /// <summary>The job that trained it; null where it is not known.</summary>
    public string? Job { get; init; }

    /// <summary>When its training ended.</summary>
    public required DateTimeOffset Trained { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>What a person has to say about it.</summary>
    public required string Notes { get; init; }

    /// <summary>Names its files: no two registrations share one, whether they came to their end or not.</summary>
    internal string Upload { get; init; } = "";

    /// <summary>A version that is about to be registered.</summary>
    internal static ModelVersion Of(ModelRegistration registration, ModelDescription model, RatingScale scale, int version, string upload, DateTimeOffset now) => new()
    {
        Name = registration.Name,
        Version = version,
        State = ModelState.Registered,
        Kind = model.Kind,
        Sha256 = model.ModelSha256!,
        Metrics = model.Metrics,
        Options = model.Options,
        DataName = model.DataName,
        DataFingerprint = model.DataFingerprint,
        Users = model.UserCount,
        Items = model.ItemCount,
        Ratings = model.RatingCount,
        Rank = model.Rank,
        Scale = scale,
        Job = registration.Job,
        Trained = model.Created,
        Created = now,
        Notes = registration.Notes,
        Upload = upload,
    };

    /// <summary>As a person would write it.</summary>
    public override string ToString() => $"{Name} {Version}";
}

/// <summary>Whether a version may answer, or does.</summary>
public enum ModelState
{
    /// <summary>It may.</summary>
    Registered,

    /// <summary>It does.</summary>
    Active,

    /// <summary>It never will again; its files are gone.</summary>
    Retired,
}

/// <summary>Something that was done to a version.</summary>
public sealed record ModelChange
{
    /// <summary>Its number among all changes; larger for later ones.</summary>
    public required long Sequence { get; init; }

    /// <summary>What was done.</summary>
    public required ModelAction Action { get; init; }

    /// <summary>The version's name.</summary>
    public required string Name { get; init; }

    /// <summary>The version: of an activation and a roll-back the one that is active since.</summary>
    public required int Version { get; init; }

    /// <summary>Who did it.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Why { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>What can be done to a version.</summary>
public enum ModelAction
{
    /// <summary>It came into the registry.</summary>
    Register,

    /// <summary>It became the active one.</summary>
    Activate,

    /// <summary>It became the active one again because the one after it was no good.</summary>
    RollBack,

    /// <summary>It was taken out of use.</summary>
    Retire,
}
