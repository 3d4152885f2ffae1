import { useState } from "react";

import { Icon } from "./icons";
import { Menu } from "./menu";
import { say, sayFault } from "./toasts";

interface Pair {
  key?: string;
  value?: string;
}

interface Props {
  tags: readonly Pair[];
  /** Keys and values are set through this, also to undo. */
  onSet: (key: string, value: string) => Promise<unknown>;
  onDelete: (key: string) => Promise<unknown>;
}

/** Tags as chips: each can be changed or taken away, with a way back. The server's own ("mlflow. ...") stay hidden. */
export function TagEditor({ tags, onSet, onDelete }: Props) {
  const shown = tags.filter((tag) => !tag.key?.startsWith("mlflow."));
  const remove = async (key: string, value: string) => {
    try {
      await onDelete(key);
      say(`The tag ${key} is gone`, { label: "Undo", run: () => void onSet(key, value).catch(sayFault) });
    } catch (fault) {
      sayFault(fault);
    }
  };
  return (
    <div className="chips">
      {shown.map(({ key = "", value = "" }) => (
        <Menu
          key={key}
          role="dialog"
          name={`${value ? `${key}: ${value}` : key}, change the tag`}
          className="chip clickable"
          label={
            <bdi className="clip">
              {key}
              {value && <span className="muted">: {value}</span>}
            </bdi>
          }
        >
          {(close) => <TagForm tag={key} value={value} close={close} onSet={onSet} onDelete={() => void remove(key, value)} />}
        </Menu>
      ))}
      <Menu
        role="dialog"
        name="Add a tag"
        className="chip clickable"
        label={
          <>
            <Icon name="plus" /> Tag
          </>
        }
      >
        {(close) => <TagForm tag="" value="" close={close} onSet={onSet} />}
      </Menu>
    </div>
  );
}

interface FormProps {
  tag: string;
  value: string;
  close: () => void;
  onSet: Props["onSet"];
  onDelete?: () => void;
}

function TagForm({ tag, value, close, onSet, onDelete }: FormProps) {
  const [key, setKey] = useState(tag);
  const [text, setText] = useState(value);
  return (
    <form
      className="column menu-form"
      onSubmit={(event) => {
        event.preventDefault();
        void onSet(key.trim(), text).then(close, sayFault);
      }}
    >
      <label className="field">
        <span>Tag</span>
        <input className="input" required maxLength={250} readOnly={tag !== ""} value={key} onChange={(event) => setKey(event.target.value)} />
      </label>
      <label className="field">
        <span>Value</span>
        <input className="input" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <div className="row">
        <button type="submit" className="button primary">
          Set
        </button>
        {onDelete && (
          <button
            type="button"
            className="button danger"
            onClick={() => {
              close();
              onDelete();
            }}
          >
            <Icon name="trash" /> Remove
          </button>
        )}
      </div>
    </form>
  );
}
