using DistRec.Models.Neighborhood;

namespace DistRec.Training.Work;

/// <summary>What finds lists of items looks at all ratings first: the shards of a job that do so in one process at a time share it.</summary>
internal sealed class SharedSearches
{
    private readonly Dictionary<(string Job, bool AllRatings), (Task<IListSearch> Search, int Holders)> _searches = [];

    /// <summary>Takes part in a job's search, or begins it.</summary>
    /// <param name="key">The job, and whether ratings kept aside are among those that it looks at: what is left of the search before these came in is none to share.</param>
    /// <param name="begin">Begins it.</param>
    /// <returns>To be disposed of; with the last one the search goes.</returns>
    public SharedSearch Share((string Job, bool AllRatings) key, Func<Task<IListSearch>> begin)
    {
        lock (_searches)
        {
            (Task<IListSearch> search, int holders) = _searches.TryGetValue(key, out var known) ? known : (begin(), 0);
            _searches[key] = (search, holders + 1);
            return new SharedSearch(search, () => Leave(key));
        }
    }

    private void Leave((string Job, bool AllRatings) key)
    {
        lock (_searches)
        {
            (Task<IListSearch> search, int holders) = _searches[key];
            if (holders == 1)
            {
                _searches.Remove(key);
            }
            else
            {
                _searches[key] = (search, holders - 1);
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
