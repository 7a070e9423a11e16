using DistRec.Training.Blocks;

namespace DistRec.Training.Storage;

/// <summary>
/// A block that lies in a store in the form in which it travels. It goes from there to whoever pulls it and never stands in
/// memory as a whole, so a node can publish more than it could hold. The blob may not be replaced while the block is published.
/// </summary>
public sealed class StoredBlock : IUnreadBlock
{
    private readonly IBlobStore _store;
    private readonly string _name;

    // Blobs do not mend by themselves; whoever pulls a damaged one again shall hear of it before the first byte.
    private volatile BlobDamagedException? _damage;

    private StoredBlock(IBlobStore store, string name, long byteLength)
    {
        _store = store;
        _name = name;
        ByteLength = byteLength;
    }

    /// <inheritdoc/>
    public long ByteLength { get; }

    /// <summary>Stores a block, or replaces one.</summary>
    /// <returns>The block as it lies in the store.</returns>
    /// <exception cref="InvalidDataException">The block writes more or fewer bytes than it says it does; nothing is stored.</exception>
    /// <exception cref="BlobStoreException">The store is full, refuses, or cannot be reached.</exception>
    public static async Task<StoredBlock> PutAsync(IBlobStore store, string name, IBlock block, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(block);
        long length = block.ByteLength;
        await store.PutAsync(
            name,
            async (stream, cancellation) =>
            {
                await block.WriteAsync(stream, cancellation).ConfigureAwait(false);
                if (stream.Position != length)
                {
                    throw new InvalidDataException(
                        $"{store.Place}: the blob {name}: expected a {block.GetType().Name} to write the {length} bytes it speaks of, found {stream.Position}; its encoding is at fault");
                }
            },
            cancellationToken).ConfigureAwait(false);
        return new StoredBlock(store, name, length);
    }

    /// <summary>Finds a block in a store.</summary>
    /// <exception cref="BlobNotFoundException">There is no such blob.</exception>
    /// <exception cref="BlobStoreException">The store refuses or cannot be reached.</exception>
    public static async Task<StoredBlock> OpenAsync(IBlobStore store, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        Stream stream = await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return new StoredBlock(store, name, stream.Length);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="BlobStoreException">The store cannot be reached.</exception>
    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        await ReadAsync(
            async stored =>
            {
                await stored.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="BlobStoreException">The store cannot be reached.</exception>
    public async ValueTask<TBlock> ReadAsync<TBlock>(IBlockReader<TBlock> reader, CancellationToken cancellationToken)
        where TBlock : IBlock
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (!reader.Selection.IsEmpty)
        {
            // Refuses it by name, as it does to a pull of another process.
            _ = ((IBlock)this).Select(reader.Selection);
        }

        return await ReadAsync(
            async stored =>
            {
                TBlock block = await reader.ReadAsync(stored, ByteLength, cancellationToken).ConfigureAwait(false);

                // The checksum is compared with the last bytes, which a reader of another type might have left.
                return stored.Position == ByteLength && await stored.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) == 0
                    ? block
                    : throw new InvalidDataException(
                        $"{_store.Place}: the blob {_name}: expected a {typeof(TBlock).Name} of {ByteLength} bytes, found one of {stored.Position}; read it as what was stored");
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> ReadAsync<T>(Func<Stream, Task<T>> read, CancellationToken cancellationToken)
    {
        if (_damage is { } known)
        {
            throw new UnreadableBlockException(known.Message, known);
        }

        try
        {
            Stream stored = await _store.OpenAsync(_name, cancellationToken).ConfigureAwait(false);
            await using (stored.ConfigureAwait(false))
            {
                return stored.Length == ByteLength
                    ? await read(stored).ConfigureAwait(false)
                    : throw new BlobDamagedException(_store.Place, _name, $"the {ByteLength} bytes that were published", $"{stored.Length}");
            }
        }
        catch (BlobNotFoundException missing)
        {
            throw new UnreadableBlockException(missing.Message, missing);
        }
        catch (BlobDamagedException damage)
        {
            _damage = damage;
            throw new UnreadableBlockException(damage.Message, damage);
        }
    }
}
