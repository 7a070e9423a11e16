using DistRec.Cluster.Client;
using DistRec.Serving.Api;
using DistRec.Serving.Events;
using DistRec.Serving.Items;
using DistRec.Training.Protocol;

namespace DistRec.Serving.Jobs;

/// <summary>Turns what the API is asked for into jobs and models. Made by whoever knows the options: the command line.</summary>
public interface IJobSubmission
{
    /// <summary>Reads a request, and nothing of its data.</summary>
    /// <param name="request">The request.</param>
    /// <param name="modelFolder">Where the model will be saved.</param>
    /// <exception cref="InputException">One line for each mistake.</exception>
    JobOutline Read(JobRequest request, string modelFolder);

    /// <summary>
    /// Reads the data, uploads it, submits the job, follows it to its end and saves its model. A job that was submitted in an earlier run of the
    /// server is followed; what that takes is kept beside the model's folder.
    /// </summary>
    /// <param name="run">The job.</param>
    /// <param name="cancellationToken">Stops following, and takes back what is not submitted yet; a job on the cluster goes on.</param>
    /// <returns>How it ended; its model is saved where it completed.</returns>
    /// <exception cref="InputException">Request or data cannot be used.</exception>
    /// <exception cref="ClusterException">The cluster refuses the job, or does not answer.</exception>
    Task<JobEnd> RunAsync(JobRun run, CancellationToken cancellationToken);
}

/// <summary>What is known of a job before its data is read.</summary>
/// <param name="Model">Kind of model.</param>
/// <param name="Epochs">Most epochs it may take.</param>
public sealed record JobOutline(string Model, int Epochs);

/// <summary>A job to run.</summary>
/// <param name="Job">Its id.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="ModelFolder">Where its model goes.</param>
/// <param name="Client">Calls the cluster.</param>
/// <param name="Events">What users did, for a request that asks for it.</param>
/// <param name="Items">What was said of items, likewise.</param>
/// <param name="Doing">Told in words what is being done.</param>
public sealed record JobRun(string Job, JobRequest Request, string ModelFolder, ClusterClient Client, IEventLog Events, IItemDetails Items, Action<string> Doing);

/// <summary>How a job ended.</summary>
/// <param name="State">Completed, failed or cancelled.</param>
/// <param name="Reason">Why.</param>
public sealed record JobEnd(JobState State, string Reason);

/// <summary>A job of the server that has its model.</summary>
/// <param name="Folder">The model's folder. It goes with the job when that is removed: what is to stay is copied.</param>
/// <param name="Job">The job's id.</param>
/// <param name="Name">What the job is called; where it has no name, the kind of model.</param>
/// <param name="Activate">Whether the model is to answer at once.</param>
public sealed record TrainedJob(string Folder, string Job, string Name, bool Activate);
