//! Back to the disk: a file of the project gets another text.

use std::path::{Path, PathBuf};

use super::ToolError;
use super::discovery::relative;
use super::error::shown;
use super::replacing::replace;

/// Gives a file of the project at `root` another text, in one step: whoever reads it finds the old text or the new one.
/// `before` is what was read from it, with its byte order mark. Permissions are kept.
///
/// # Errors
///
/// Where the file is a link, lies outside of the project, is read-only, was changed by somebody else, or cannot be written.
pub fn rewrite(root: &Path, path: &Path, before: &str, after: &str) -> Result<(), ToolError> {
    let named = PathBuf::from(relative(root, path));
    let refused = |reason: &str, help| ToolError::Unwritable { path: shown(&named), reason: reason.to_owned(), help };
    let failed = |error: std::io::Error| ToolError::unwritable(&named, &error);
    let metadata = std::fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(refused("it is not a regular file", "name the file that it leads to"));
    }
    let (inside, real) = (std::fs::canonicalize(root).map_err(failed)?, std::fs::canonicalize(path).map_err(failed)?);
    if !real.starts_with(inside) {
        return Err(refused("it lies outside of the project", "change it where it belongs"));
    }
    if metadata.permissions().readonly() {
        return Err(ToolError::read_only(&named));
    }
    if std::fs::read(&real).map_err(failed)? != before.as_bytes() {
        return Err(refused("it was changed since it was read", "run it again"));
    }
    replace(&real, Some(metadata.permissions()), true, |out| out.write_all(after.as_bytes())).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test's own.
    fn folder(name: &str) -> std::io::Result<std::path::PathBuf> {
        let folder = std::env::temp_dir().join(format!("ismslint-writing-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("project"))?;
        Ok(folder)
    }

    fn reason(result: Result<(), ToolError>) -> String {
        match result {
            Ok(()) => "written".to_owned(),
            Err(ToolError::Unwritable { reason, .. }) => reason,
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn a_file_is_rewritten_and_nothing_is_left_beside_it() -> std::io::Result<()> {
        let folder = folder("plain")?;
        let root = folder.join("project");
        let path = root.join("a.isms");
        std::fs::write(&path, "\u{feff}role a\r\n")?;
        assert_eq!(reason(rewrite(&root, &path, "\u{feff}role a\r\n", "\u{feff}role b\r\n")), "written");
        assert_eq!(std::fs::read(&path)?, "\u{feff}role b\r\n".as_bytes());
        assert_eq!(std::fs::read_dir(&root)?.count(), 1);
        assert_eq!(reason(rewrite(&root, &path, "role a", "role c")), "it was changed since it was read");
        assert_eq!(reason(rewrite(&root, &root, "", "")), "it is not a regular file");
        let outside = folder.join("b.isms");
        std::fs::write(&outside, "role b")?;
        assert_eq!(reason(rewrite(&root, &outside, "role b", "role c")), "it lies outside of the project");
        assert_eq!(std::fs::read_to_string(&outside)?, "role b");
        std::fs::remove_dir_all(folder)
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_and_permissions_kept() -> std::io::Result<()> {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = folder("unix")?;
        let root = folder.join("project");
        std::fs::create_dir(folder.join("other"))?;
        let outside = folder.join("other").join("b.isms");
        std::fs::write(&outside, "role b")?;
        symlink(&outside, root.join("link.isms"))?;
        symlink(folder.join("other"), root.join("linked"))?;
        assert_eq!(reason(rewrite(&root, &root.join("link.isms"), "role b", "x")), "it is not a regular file");
        assert_eq!(
            reason(rewrite(&root, &root.join("linked/b.isms"), "role b", "x")),
            "it lies outside of the project"
        );
        assert_eq!(std::fs::read_to_string(&outside)?, "role b");
        let path = root.join("a.isms");
        std::fs::write(&path, "role a")?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640))?;
        assert_eq!(reason(rewrite(&root, &path, "role a", "role c")), "written");
        assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o640);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440))?;
        assert_eq!(reason(rewrite(&root, &path, "role c", "role d")), "it is read-only");
        std::fs::remove_dir_all(folder)
    }
}
