using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using DistRec.Cluster.Api;
using DistRec.Models.Settings;
using DistRec.Training.Protocol;

namespace DistRec.Serving.Api;

/// <summary>Asks for a model to be trained on the server's cluster.</summary>
public sealed record JobRequest
{
    /// <summary>Kind of model, as <c>distrec submit --model</c> has it; left out for mf.</summary>
    public string? Model { get; init; }

    /// <summary>Path of a file or folder in the server's folder of data, or the name of a public data set; left out for generated ratings.</summary>
    public string? Data { get; init; }

    /// <summary>What to call the job and its model; left out for no name.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>Whether the model answers as soon as it is trained.</summary>
    public bool Activate { get; init; }

    /// <summary>Whether what users rated since, as this server stored it, follows the ratings of the data.</summary>
    public bool Events { get; init; }

    /// <summary>Number of the last event that counts, so that a job can be repeated; left out for the newest.</summary>
    [Range(0, long.MaxValue)]
    public long? EventsUntil { get; init; }

    /// <summary>Options of <c>distrec submit</c> by name, without dashes: numbers, texts, booleans, lists.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

/// <summary>A job with its learning curve; see <see cref="JobSummary"/>.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Name">What its submitter calls it; empty for no name.</param>
/// <param name="Model">Kind of model.</param>
/// <param name="State">preparing and saving on this server, and the states of a cluster between them.</param>
/// <param name="Reason">Why it ended, or what is being prepared or saved.</param>
/// <param name="Submitted">When it was submitted.</param>
/// <param name="Started">When its training began; null before.</param>
/// <param name="Ended">When it ended; null before.</param>
/// <param name="Epochs">Most epochs it may take.</param>
/// <param name="Epoch">The newest epoch that is done; 0 for none.</param>
/// <param name="ValidationRmse">Of that epoch; null where none is done or nothing was kept aside.</param>
/// <param name="Curve">The epochs that are done.</param>
public sealed record JobAnswer(
    string Id,
    string Name,
    string Model,
    string State,
    string Reason,
    DateTimeOffset Submitted,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    int Epochs,
    int Epoch,
    double? ValidationRmse,
    IReadOnlyList<EpochFigures> Curve)
{
    internal static JobAnswer Of(JobSummary job, IReadOnlyList<EpochFigures> curve) => new(
        job.Id, job.Name, job.Model, job.State, job.Reason, job.Submitted, job.Started, job.Ended, job.Epochs, job.Epoch, job.ValidationRmse, curve);
}

/// <summary>Event "state": where a job stands.</summary>
/// <param name="State">As in <see cref="JobAnswer"/>.</param>
/// <param name="Reason">Why it ended, or what is being prepared or saved.</param>
public sealed record StateEvent(string State, string Reason);

/// <summary>Event "note": something that a person should know.</summary>
public sealed record NoteEvent(string Text);

/// <summary>Event "heartbeat": the connection lives.</summary>
public sealed record HeartbeatEvent;

/// <summary>A setting of a model that a job may give among its options.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Help">What it is.</param>
/// <param name="Default">What it is where the job says nothing, as text; empty for one that is given without a value.</param>
/// <param name="Words">What it may be, where it is one of a few words; else empty.</param>
public sealed record TrainableSetting(string Name, string Help, string Default, IReadOnlyList<string> Words);

/// <summary>A kind of model that a job can train.</summary>
/// <param name="Name">Its name in a job.</param>
/// <param name="Summary">What it is, in a line.</param>
/// <param name="Settings">Its own settings.</param>
public sealed record TrainableModel(string Name, string Summary, IReadOnlyList<TrainableSetting> Settings);

/// <summary>The kinds of models that jobs can train; the first is trained where a job names none.</summary>
public sealed record CatalogueAnswer(IReadOnlyList<TrainableModel> Models)
{
    /// <summary>All of them.</summary>
    public static CatalogueAnswer OfAll() => new(
        [
            .. ModelCatalogue.All.Select(model => new TrainableModel(
                model.Name,
                model.Summary,
                [
                    .. model.Settings.Where(setting => model.Has(setting.Name)).Select(setting => new TrainableSetting(
                        setting.Name, setting.Help, setting.TextOf(model.With(setting.Name)!.Value.Options), setting.Words)),
                ])),
        ]);
}
