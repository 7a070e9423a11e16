using DistRec.Models.Neighborhood;

namespace DistRec.Training.Work;

/// <summary>What finds lists of items looks at all ratings first: the shards of a job that do so in one process at a time share it.</summary>
internal sealed class SharedSearches
{
    private readonly Dictionary<string, (Task<IListSearch> Search, int Holders)> _searches = new(StringComparer.Ordinal);

    /// <summary>Takes part in a job's search, or begins it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="begin">Begins it.</param>
    /// <returns>To be disposed of; with the last one the search goes.</returns>
    public SharedSearch Share(string job, Func<Task<IListSearch>> begin)
    {
        lock (_searches)
        {
            (Task<IListSearch> search, int holders) = _searches.TryGetValue(job, out var known) ? known : (begin(), 0);
            _searches[job] = (search, holders + 1);
            return new SharedSearch(search, () => Leave(job));
        }
    }

    private void Leave(string job)
    {
        lock (_searches)
        {
            (Task<IListSearch> search, int holders) = _searches[job];
            if (holders == 1)
            {
                _searches.Remove(job);
            }
            else
            {
                _searches[job] = (search, holders - 1);
            }
        }
    }
}

/// <summary>A part in a search.</summary>
/// <param name="search">The search.</param>
/// <param name="leave">Ends the part.</param>
internal sealed class SharedSearch(Task<IListSearch> search, Action leave) : IDisposable
{
    /// <summary>The search, when it is ready.</summary>
    public Task<IListSearch> Search => search;

    /// <inheritdoc/>
    public void Dispose() => leave();
}
